{# How far a run sees into the memory of keys. One row: the as-of date; change_number, the last change that counts for it
   (0: none); next_change, the number that this run's own changes get. A run that asks for a day before the last change is a look
   back: it sees the memory as it was on that day and adds nothing to it, so next_change is null. #}
{% macro identity_horizon() -%}
    select
        settings.as_of_date,
        case
            when settings.as_of_date_origin = 'asked for by the run' and settings.as_of_date < newest.as_of_date
                then (
                    select coalesce(max(changes.change_number), 0)
                    from {{ source('identity', 'changes') }} as changes
                    where changes.as_of_date <= settings.as_of_date
                )
            else coalesce(newest.change_number, 0)
        end as change_number,
        case
            when settings.as_of_date_origin = 'asked for by the run' and settings.as_of_date < newest.as_of_date
                then null
            else coalesce(newest.change_number, 0) + 1
        end as next_change
    from {{ ref('stg_run_settings') }} as settings
    left join (
        select
            change_number,
            as_of_date
        from {{ source('identity', 'changes') }}
        order by change_number desc
        limit 1
    ) as newest
        on true
{%- endmacro %}
