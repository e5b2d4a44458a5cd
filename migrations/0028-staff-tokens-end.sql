-- Tokens of machines that ended long ago are deleted by the nightly upkeep, which learns of them no more than when they ended.
grant select (tenant_id, id, expires_at, revoked_at), delete on staff_tokens to {{relay}};
{{sweep staff_tokens}}
