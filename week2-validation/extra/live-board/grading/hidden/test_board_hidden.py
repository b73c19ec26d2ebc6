"""The rules of the visible checks, with more clients, notes and messages."""

from classroom import expect, task


@task(2)
def test_two_readers_and_one_that_returns(kitchen, live):
    """Several streams send the same notes, and a reader that reconnects with the last id it received misses none."""
    start = kitchen.post()
    header = {"Last-Event-ID": str(start["id"])}
    first, second = live.events("/events", headers=header), live.events("/events", headers=header)
    note = kitchen.post()
    for events in (first, second):
        kitchen.wait(events, note)
    first.close()
    missed = [kitchen.post() for _ in range(3)]
    kitchen.wait(second, missed[-1])
    again = live.events("/events", headers={"Last-Event-ID": first.last_id})
    last = kitchen.post()
    kitchen.wait(again, last)
    expect.that(again.received == [*missed, last], f"The events are {again.received}.", again.exchange.answer)
    kitchen.wait(second, last)
    expect.that(second.received == [note, *missed, last], f"The events are {second.received}.", second.exchange.answer)


@task(3)
def test_everyone_is_greeted(kitchen):
    """Several clients are connected at the same time, and each hello contains the notes on the board at that moment."""
    guests = []
    for _ in range(3):
        note = kitchen.post()
        guests.append(kitchen.open())
        notes = guests[-1].greeted()
        expect.that(notes[-1:] == [note], f"The last note of the hello is {notes[-1:]}, expected {note}.")
    for guest in guests:
        guest.socket.ping(seconds=kitchen.soon)


@task(4, weight=2)
def test_many_notes_arrive_in_order(kitchen):
    """If one client sends many notes, every client receives each of them exactly once, in the order in which they were sent."""
    guests = [kitchen.join() for _ in range(4)]
    texts = []
    for _ in range(3):
        texts += [guests[0].write(), guests[0].write()]
        for guest in guests:
            guest.sees(texts[-1])
    for guest in guests:
        found = [note["text"] for note in guest.all("note")]
        expect.that(found == texts, f"A client received {found}, expected {texts}.", guest.socket.exchange.answer)


@task(5)
def test_joining_and_leaving_several_times(kitchen):
    """A client that joins again is listed last, and everyone else is still there."""
    ada, ben, cleo = kitchen.joined(3)
    cleo.sees_people(ada, ben, cleo)
    ada.socket.close()
    cleo.sees_people(ben, cleo)
    again = kitchen.join(ada.name)
    for guest in (ben, cleo, again):
        guest.sees_people(ben, cleo, again)
    ben.socket.vanish()
    for guest in (cleo, again):
        guest.sees_people(cleo, again)


@task(6)
def test_other_bad_messages(kitchen):
    """Each message that makes no sense gets exactly one error, and does not become a note."""
    ada, ben = kitchen.joined(2)
    before = len(kitchen.notes())
    bad = (
        "",
        "[]",
        "null",
        '{"text": 5}',
        '{"text": ["Milk"]}',
        '{"text": "Milk"',
        {"text": "m" * (kitchen.longest + 1)},
    )
    for message in bad:
        ada.socket.send(message)
        ada.gets_error()
    ben.sees(ada.write())
    ada.sees(ben.write())
    errors = len(ada.all("error"))
    expect.that(errors == len(bad), f"{len(bad)} bad messages got {errors} errors.", ada.socket.exchange.answer)
    expect.that(not ben.all("error"), "Another client received an error.", ben.socket.exchange.answer)
    expect.that(len(kitchen.notes()) == before + 2, "A message that makes no sense became a note.")


@task(7)
def test_as_many_as_the_limit_may_wait(fresh, kitchen):
    """A client with LIMIT messages waiting stays connected, and receives all of them once its connection is free again."""
    ada, ben, cleo = kitchen.joined(3)
    expect(fresh.get("/")).ok()
    kitchen.hold(ben)
    try:
        texts = [ada.write() for _ in range(kitchen.limit)]
        cleo.sees(texts[-1])
    finally:
        kitchen.free(ben)
    for text in texts:
        ben.sees(text)
    ben.socket.ping(seconds=kitchen.soon)


@task(7)
def test_two_slow_clients(kitchen):
    """Two slow clients do not hold up the others, and only the one with too many messages waiting is disconnected."""
    ada, ben, cleo, dora = kitchen.joined(4)
    kitchen.hold(ben)
    try:
        for _ in range(kitchen.limit):
            text = ada.write()
            for reader in (cleo, dora):
                reader.sees(text)
        kitchen.hold(dora)
        for _ in range(3):
            text = ada.write()
            cleo.sees(text)
    finally:
        kitchen.free(ben)
        kitchen.free(dora)
    code = ben.socket.close_code(seconds=kitchen.soon)
    expect.that(code == 1013, f"The connection was closed with code {code}, expected 1013.", ben.socket.exchange.answer)
    dora.sees(text)
