PRICES = {1: 450, 999: 450, 1000: 450, 1001: 700, 5000: 700, 5001: 1200, 20000: 1200}


class TestPrices:
    def ask(self, client, grams, express=False):
        return client.get(f"/price?grams={grams}&express={str(express).lower()}")

    def test_every_price(self, client):
        for grams, cents in PRICES.items():
            for express in (False, True):
                response = self.ask(client, grams, express)
                assert response.status_code == 200, response.text
                expected = cents + (300 if express else 0)
                assert response.json() == {"grams": grams, "express": express, "cents": expected}

    def test_rejections(self, client):
        assert [self.ask(client, grams).status_code for grams in (-1, 0, 20001, "heavy")] == [422] * 4
