-- Which tenant is entered is asked once for all rows that a statement writes, not for each of them: of a batch of meals that was a
-- fiftieth. Databases that began before have the rule of then; it says the same.
do $do$
declare
  v_table text;
begin
  for v_table in select tablename from pg_policies where schemaname = 'public' and policyname = 'tenant' order by 1 loop
    execute format('alter policy tenant on %I with check (tenant_id = (select current_setting(''app.tenant_id'')::uuid))', v_table);
  end loop;
end $do$;
