-- Helpers of the policy engine: whole numbers only, no failure on any input that the compiler lets through.
-- `by` is positive; a null goes in and comes out. Installed once, by the owner.

create or replace function mz_floor_div(number bigint, by bigint) returns bigint
    language sql immutable parallel safe
    as 'select number / by - case when number % by < 0 then 1 else 0 end';

create or replace function mz_ceil_div(number bigint, by bigint) returns bigint
    language sql immutable parallel safe
    as 'select number / by + case when number % by > 0 then 1 else 0 end';

-- Half away from zero.
create or replace function mz_round_div(number bigint, by bigint) returns bigint
    language sql immutable parallel safe
    as 'select number / by + case when number >= 0 then case when number % by >= by - number % by then 1 else 0 end
                                  else case when - (number % by) >= by + number % by then -1 else 0 end end';

-- 20240229 for a date.
create or replace function mz_day_number(day date) returns bigint
    language sql immutable parallel safe
    as 'select (extract(year from day) * 10000 + extract(month from day) * 100 + extract(day from day))::bigint';

-- Completed months between two such numbers, negative where the second is the earlier.
create or replace function mz_months_between(first bigint, last bigint) returns bigint
    language sql immutable parallel safe
    as 'select ((last / 10000 * 12 + last / 100 % 100) * 100 + last % 100
              - (first / 10000 * 12 + first / 100 % 100) * 100 - first % 100) / 100';
