"""Data folders: what sources.yml declares."""

from .fields import ENTITIES, Entity
from .model import DataFolder, Feed, FieldContract, FieldValue
from .read import nearest, read_data_folder

__all__ = ["ENTITIES", "DataFolder", "Entity", "Feed", "FieldContract", "FieldValue", "nearest", "read_data_folder"]
