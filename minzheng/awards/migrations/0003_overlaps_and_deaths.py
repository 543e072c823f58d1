"""Days on which covered people enter and leave, what may not be received together, and a death that reaches every award.

Both functions run as the owner: under row-level security they would see the caller's rows only, and a benefit that
excludes another, or an award of somebody who died, may lie in another area.
"""

import datetime as dt

import django.utils.timezone
from django.db import migrations, models

REFUSE_OVERLAP = """
create function mz_refuse_overlap() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare mine record; other record;
begin
    if new.superseded_at is not null then
        return new;
    end if;
    -- Two at once for one person wait for each other: else neither would see the other's row.
    perform from people_person where id = new.person_id for no key update;
    select programme, end_reason = 'once' as once into mine from awards_award where id = new.award_id;
    select a.id, a.programme into other
    from awards_member m join awards_award a on a.id = m.award_id
    where m.person_id = new.person_id and m.award_id <> new.award_id and m.superseded_at is null
      and daterange(m.first_month, m.last_month, '[]') && daterange(new.first_month, new.last_month, '[]')
      and (exists (select from awards_overlap o where (o.first, o.second) in
                  ((mine.programme, a.programme), (a.programme, mine.programme)))
           or a.programme = mine.programme and not mine.once and a.end_reason <> 'once')
    limit 1;
    if found then
        raise exception 'benefit_overlap: % excludes % (award %)', mine.programme, other.programme, other.id
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger refuse_overlap before insert on awards_member for each row execute function mz_refuse_overlap();
"""

HOLD_FOR_DEATH = """
-- Hold whatever covers or pays a person who is said to have died, in whichever area: each with its audit row, and where
-- the award lies outside the person's own area, with a task for the office there. Returns how many awards are held.
create function mz_hold_awards_of(person bigint, actor bigint, actor_name text) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    dead record; award record; counted bigint := 0;
    token text := 'death:' || person;
begin
    select p.name, p.died_on, p.area_code into dead from people_person p where p.id = person and p.died_on is not null;
    if not found then
        return 0;
    end if;
    for award in
        update awards_award a set held_reason = concat_ws(';', nullif(a.held_reason, ''), token)
        where (a.last_month is null or a.last_month >= date_trunc('month', dead.died_on)::date)
          and not (token = any (string_to_array(a.held_reason, ';')))
          and (a.person_id = person or a.payee_id = person or exists (
              select from awards_member m where m.award_id = a.id and m.person_id = person and m.superseded_at is null
                 and (m.last_month is null or m.last_month >= date_trunc('month', dead.died_on)::date)))
        returning a.id, a.area_code, a.programme
    loop
        counted := counted + 1;
        insert into core_audit (recorded_at, "on", actor_id, actor_name, action, subject_type, subject_id, area_code, detail)
        values (clock_timestamp(), mz_today(), actor, actor_name, 'awards.hold', 'awards.award', award.id, award.area_code,
                jsonb_build_object('reason', token));
        if award.area_code <> dead.area_code then
            insert into core_task (kind, label, permission, subject_type, subject_id, programme, stage, who, area_code,
                                   opened_on, rule)
            values ('awards.verify_death', jsonb_build_object('zh-Hans', '核实死亡信息，待遇已缓发',
                        'en', 'Verify the reported death; the benefit is held'),
                    'people.edit', 'awards.award', award.id, award.programme, '', dead.name, award.area_code, mz_today(), '')
            on conflict do nothing;
        end if;
    end loop;
    return counted;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("awards", "0002_guards"),
        ("cases", "0001_initial"),
        ("core", "0002_guards"),
        ("people", "0001_initial"),
    ]
    operations = [
        migrations.AddField(
            "awardmember", "entered_on", models.DateField(default=dt.date(2000, 1, 1)), preserve_default=False
        ),
        migrations.AddField("awardmember", "left_on", models.DateField(null=True)),
        *[
            migrations.AlterField(model, "recorded_at", models.DateTimeField(default=django.utils.timezone.now))
            for model in ("awardmember", "awardamount")
        ],
        migrations.AddConstraint(
            "awardmember",
            models.CheckConstraint(
                condition=models.Q(("last_month", None), ("left_on", None))
                | models.Q(("last_month__isnull", False), ("left_on__isnull", False)),
                name="a_member_who_left_says_when",
            ),
        ),
        migrations.CreateModel(
            name="Overlap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.TextField()),
                ("second", models.TextField()),
                ("source", models.TextField()),
                ("note", models.JSONField(default=dict)),
            ],
            options={"db_table": "awards_overlap"},
        ),
        migrations.AddConstraint(
            "overlap", models.UniqueConstraint(fields=["first", "second"], name="one_overlap_of_a_pair")
        ),
        migrations.RunSQL(REFUSE_OVERLAP, "drop function mz_refuse_overlap() cascade"),
        migrations.RunSQL(HOLD_FOR_DEATH, "drop function mz_hold_awards_of(bigint, bigint, text)"),
    ]
