-- Helpers of the policy engine: no failure on any input that the compiler lets through. A null goes in and comes out.
-- Installed once, by the owner. What takes a value more than once is no function: PostgreSQL would compute it as often.

-- A sum that was proved to fit into 64 bits: adds integers and nothing else (`sum` goes by way of numeric).
create or replace aggregate mz_sum(bigint) (
    sfunc = int8pl, stype = bigint, combinefunc = int8pl, parallel = safe
);

-- 20240229 for a date.
create or replace function mz_day_number(day date) returns bigint
    language sql immutable parallel safe
    as 'select (extract(year from day) * 10000 + extract(month from day) * 100 + extract(day from day))::bigint';
