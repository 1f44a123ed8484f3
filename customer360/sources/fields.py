"""The canonical fields: the vocabulary that every source is mapped to, one tuple for each entity."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entity:
    """One kind of record.

    Attributes:
        name: as it stands in sources.yml, in ``raw.all_<name>`` and in staging.
        fields: canonical fields in the order of the view's columns.
        required: fields that sources.yml has to map.
        of_customers: whether its rows carry a customer_id, perhaps of another source (``customers_of``).
    """

    name: str
    fields: tuple[str, ...]
    required: tuple[str, ...]
    of_customers: bool


ENTITIES = {
    entity.name: entity
    for entity in (
        Entity(
            "customers",
            fields=(
                "customer_id",
                "first_name",
                "middle_name",
                "last_name",
                "full_name",
                "organisation_name",
                "email",
                "phone",
                "birth_date",
                "gender",
                "address",
                "address_2",
                "city",
                "postcode",
                "region",
                "country",
                "created_at",
                "updated_at",
                "email_consent",
                "external_id_1",
                "external_id_2",
                "external_id_3",
            ),
            required=("customer_id",),
            of_customers=False,
        ),
        Entity(
            "orders",
            fields=(
                "order_id",
                "customer_id",
                "ordered_at",
                "amount",
                "currency",
                "status",
                "refunded_amount",
                "channel",
                "email",
                "phone",
            ),
            required=("order_id", "customer_id", "ordered_at", "amount"),
            of_customers=True,
        ),
        Entity(
            "order_lines",
            fields=("order_id", "line_id", "product_id", "product_name", "category", "quantity", "amount"),
            required=("order_id", "line_id"),
            of_customers=False,
        ),
        Entity(
            "tickets",
            fields=("ticket_id", "customer_id", "opened_at", "closed_at", "topic", "satisfaction"),
            required=("ticket_id", "customer_id", "opened_at"),
            of_customers=True,
        ),
        Entity(
            "events",
            fields=("event_id", "occurred_at", "type", "customer_id", "anonymous_id", "email"),
            required=("event_id", "occurred_at", "type"),
            of_customers=True,
        ),
    )
}
