-- What autovacuum finds while a file is being written it takes for nothing: rows that are not committed are none to it. After that
-- the planner believes the tables to be empty, any index that begins with the tenant is as good as the right one, and each
-- foreign key is looked for among all rows of the entity: minutes where it takes seconds. A file that is written again after a
-- process died is what calls autovacuum.

-- Counts anew the tables that files are written to, where the planner takes them for emptier than one row a page. Costs nothing
-- where that is not so. Another one at the same is not waited for. PostgreSQL 15 and 16 know no right to do this alone: there
-- such a file is slow, and right.
create function count_unseen_rows() returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  v_table text;
begin
  if current_setting('server_version_num')::int < 170000 then
    return;
  end if;
  for v_table in
    select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace
      and c.relname in ('accounts', 'children', 'classes', 'enrolments', 'placements', 'wallets', 'ledger_transactions')
      and c.reltuples >= 0 and c.reltuples < c.relpages and has_table_privilege(c.oid, 'MAINTAIN')
  loop
    execute format('analyze (skip_locked) %I', v_table);
  end loop;
end $$;
{{ledger-functions count_unseen_rows(app)}}
do $do$
begin
  if current_setting('server_version_num')::int >= 170000 then
    grant maintain on accounts, children, classes, enrolments, placements, wallets, ledger_transactions to {{ledger}};
  end if;
end $do$;
