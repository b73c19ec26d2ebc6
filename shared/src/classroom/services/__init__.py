"""What a week needs next to its app: PostgreSQL, a cache, a storage. `manager` opens them together and closes them."""
