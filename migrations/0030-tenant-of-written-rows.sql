-- Which tenant is entered is asked once for all rows that a statement writes, not for each of them: of a batch of meals that was a
-- fiftieth. Databases that began before have the rule of then; it says the same.
do $do$
declare
  v_all constant text := (
    select string_agg(format('%I', tablename), ', ' order by tablename) from pg_policies
    where schemaname = 'public' and policyname = 'tenant');
  v_patience constant text := current_setting('lock_timeout');
  v_table text;
begin
  -- All tables or none, and given up before PostgreSQL looks for a deadlock (after a second): who still works with them, of a
  -- process of before, shall not be the one that fails.
  for attempt in 1..200 loop
    begin
      perform set_config('lock_timeout', '300ms', true);
      execute 'lock table ' || v_all || ' in access exclusive mode';
      exit;
    exception when lock_not_available then
      if attempt = 200 then
        raise;
      end if;
      perform pg_sleep(0.2);
    end;
  end loop;
  perform set_config('lock_timeout', v_patience, true);
  for v_table in select tablename from pg_policies where schemaname = 'public' and policyname = 'tenant' order by 1 loop
    execute format('alter policy tenant on %I with check (tenant_id = (select current_setting(''app.tenant_id'')::uuid))', v_table);
  end loop;
end $do$;
