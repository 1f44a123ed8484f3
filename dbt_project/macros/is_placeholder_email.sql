{# Whether a normalised e-mail address stands for none at all: one letter over and over (xxx@xxx.xx), or listed in the seed
   placeholder_emails. #}
{% macro is_placeholder_email(column) -%}
    (
        {{ column }} in (select placeholder_emails.email from {{ ref('placeholder_emails') }} as placeholder_emails)
        or replace(split_part({{ column }}, '.', 1), left({{ column }}, 1), '') = '@'
    )
{%- endmacro %}
