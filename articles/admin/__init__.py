"""Articles at the desk: topics, their texts, pictures, addresses."""

from articles.admin import addresses, pictures, texts, topics

__all__ = ["addresses", "pictures", "texts", "topics"]
