from typing import Literal

from fastapi import FastAPI, HTTPException

from app.catalog import ITEMS


class Shop:
    def __init__(self, items):
        self.items = items
        self.app = FastAPI()
        routes = [
            ("/", self.hello, "Greeting"),
            ("/health", self.health, "Health check"),
            ("/items", self.everything, "All items"),
            ("/items/cheapest", self.cheapest, "The cheapest item"),
            ("/items/{item_id}", self.item, "One item"),
            ("/categories/{category}", self.category, "One category"),
        ]
        for path, method, description in routes:
            self.app.add_api_route(path, method, methods=["GET"], description=description, tags=["shop"])

    def hello(self):
        return dict(message="Hello World")

    def health(self):
        return dict(status="ok")

    def everything(self):
        return [*self.items.values()]

    def cheapest(self):
        best = None
        for item in self.items.values():
            if best is None or item["price"] < best["price"]:
                best = item
        return best

    def item(self, item_id: int):
        found = self.items.get(item_id)
        if found is None:
            raise HTTPException(detail="Item not found", status_code=404)
        return found

    def category(self, category: Literal["tech", "food", "stationery"]):
        return list(filter(lambda item: item["category"] == category, self.items.values()))


shop = Shop(ITEMS)
app = shop.app
