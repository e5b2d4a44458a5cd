-- Allergens are named of each course; those of a day are their sum, with what was named of the day alone. `allergens` stays
-- that sum, so that whoever reads it alone reads as much as before.
alter table menu_days
  -- One number of bits for each of `courses`; empty where none was named by course.
  add column course_allergens smallint[] not null default '{}'
    check (0 <= all (course_allergens) and 16383 >= all (course_allergens)),
  -- What is of no course in particular; null on rows of before, all of whose allergens are the day's.
  add column day_allergens smallint check (day_allergens between 0 and 16383),
  add check (cardinality(course_allergens) in (0, cardinality(courses)));
