{# A print of a text in 128 bits, one for each of its groups of three letters. Two texts whose prints differ in more bits than
   a third of the groups that both have together cannot be similar by one half: similarity(), which takes twenty times as
   long, need not be asked. #}
{% macro gram_print(column) -%}
    {{ return(adapter.dispatch('gram_print', 'customer360')(column)) }}
{%- endmacro %}

{% macro postgres__gram_print(column) -%}
    (
        select bit_or(set_bit(cast(b'0' as bit(128)), hashtext(grams.gram) & 127, 1))
        from unnest(show_trgm({{ column }})) as grams (gram)
    )
{%- endmacro %}
