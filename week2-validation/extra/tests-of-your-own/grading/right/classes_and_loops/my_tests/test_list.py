class TestList:
    def create(self, client, **fields):
        return client.post("/parcels", json={"recipient": "Zoe", "grams": 20, **fields})

    def ids(self, client, query=""):
        return [parcel["id"] for parcel in client.get(f"/parcels{query}").json()]

    def test_order(self, client):
        first, second = self.create(client).json()["id"], self.create(client).json()["id"]
        found = self.ids(client)
        assert found.index(first) < found.index(second)

    def test_filter(self, client):
        parcel = self.create(client).json()
        number = parcel["id"]
        assert number in self.ids(client, "?status=waiting") and number not in self.ids(client, "?status=picked-up")
        client.post(f"/parcels/{number}/pick-up", json={"code": parcel["code"]})
        assert number not in self.ids(client, "?status=waiting") and number in self.ids(client, "?status=picked-up")

    def test_unknown_status(self, client):
        assert client.get("/parcels?status=nowhere").is_client_error

    def test_rejection(self, client):
        before = len(self.ids(client))
        for fields in ({"recipient": " "}, {"grams": 0}, {"recipient": ""}):
            assert self.create(client, **fields).status_code == 422
        assert len(self.ids(client)) == before
