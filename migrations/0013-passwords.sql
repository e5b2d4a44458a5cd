-- How often something secret was guessed wrong, counted for all processes. `counted` is a keyed hash of whose secret it
-- is and from where: no user name and no address lies here.
create table guesses (
  tenant_id uuid not null references tenants,
  counted text not null check (length(counted) = 64),
  window_ends_at timestamptz not null,
  count int not null check (count >= 0),
  primary key (tenant_id, counted, window_ends_at)
) with (fillfactor = 70);
create index guesses_by_end on guesses (window_ends_at);
grant select, insert, update, delete on guesses to {{app}};
grant select, delete on guesses to {{relay}};

-- Counts one more in every counter, the narrowest first, or in none: once a counter is full it answers when the last of
-- the full ones begins anew, so that who is held back by the narrow one fills no wide one that others share. Null: counted.
create function count_guess(p_tenant_id uuid, p_counted text[], p_ends timestamptz[], p_most int[]) returns timestamptz
language plpgsql set search_path = public, pg_temp as $$
declare
  v_full timestamptz;
begin
  perform enter_tenant(p_tenant_id);
  -- What is refused writes nothing.
  select max(g.window_ends_at) into v_full
  from unnest(p_counted, p_ends, p_most) as wanted (counted, ends_at, most)
  join guesses g on g.tenant_id = p_tenant_id and g.counted = wanted.counted and g.window_ends_at = wanted.ends_at
  where g.count >= wanted.most;
  if v_full is not null then
    return v_full;
  end if;
  -- A crash of the server may forget the last counts: nobody waits for the disk.
  perform set_config('synchronous_commit', 'off', true);
  for i in 1 .. cardinality(p_counted) loop
    insert into guesses as g (tenant_id, counted, window_ends_at, count)
    values (p_tenant_id, p_counted[i], p_ends[i], 1)
    on conflict (tenant_id, counted, window_ends_at) do update set count = g.count + 1 where g.count < p_most[i];
    if not found then
      perform uncount_guess(p_tenant_id, p_counted[1 : i - 1], p_ends[1 : i - 1]);
      return p_ends[i];
    end if;
  end loop;
  return null;
end $$;

-- Takes back what count_guess counted: the guess was right, or failed for another reason. In the same order: two that
-- share counters never wait for each other in a ring.
create function uncount_guess(p_tenant_id uuid, p_counted text[], p_ends timestamptz[]) returns void
language plpgsql set search_path = public, pg_temp as $$
begin
  perform enter_tenant(p_tenant_id);
  perform set_config('synchronous_commit', 'off', true);
  for i in 1 .. cardinality(p_counted) loop
    update guesses set count = greatest(count - 1, 0)
    where tenant_id = p_tenant_id and counted = p_counted[i] and window_ends_at = p_ends[i];
  end loop;
end $$;
{{app-functions count_guess uncount_guess}}

-- Somebody asks for a new password: what they typed, sealed, until a job has looked for the account. The request itself
-- knows no account, so that its answer cannot tell whether there is one.
create table password_reset_requests (
  tenant_id uuid not null references tenants,
  id uuid not null,
  asked_sealed bytea not null,
  requested_at timestamptz not null,
  primary key (tenant_id, id)
);
grant select, insert, delete on password_reset_requests to {{app}};

-- A link with which one account's password is set once. The code is derived from the row's id with the tenant's key; only
-- its hash is here. A later row, a use and a change of the password take the hash away.
create table password_resets (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  code_hash text,
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, code_hash),
  foreign key (tenant_id, account_id) references accounts
);
create index password_resets_by_account on password_resets (tenant_id, account_id, requested_at);
create index password_resets_by_time on password_resets (requested_at);
grant select, insert, update, delete on password_resets to {{app}};
grant select, delete on password_resets to {{relay}};

-- Null: nobody has shown that this address is the account's own. Such an address gets only what its owner asks for.
alter table accounts add column email_confirmed_at timestamptz;
create index accounts_by_email on accounts (tenant_id, lower(email)) where email is not null;
update accounts set email_confirmed_at = created_at where fiscal_code_proof = 'registry' and email is not null;

-- A link that shows that an address is an account's own; the account's address changes when it is followed.
create table email_confirmations (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  address_sealed bytea not null,
  code_hash text,
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, code_hash),
  foreign key (tenant_id, account_id) references accounts
);
create index email_confirmations_by_account on email_confirmations (tenant_id, account_id, requested_at);
create index email_confirmations_by_time on email_confirmations (requested_at);
grant select, insert, update, delete on email_confirmations to {{app}};
grant select, delete on email_confirmations to {{relay}};

{{isolate guesses password_reset_requests password_resets email_confirmations}}
{{sweep guesses password_resets email_confirmations}}
