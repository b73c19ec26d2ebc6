"""The rules of the visible checks, with all members, all machines and every path."""

from classroom import expect, task, unordered


@task(2, weight=2)
def test_every_member_is_recognized(client, workshop, draw):
    """GET /me and GET /me/machines recognize every member by their badge, and return 401 for other badges."""
    for badge in workshop.badges():
        member = workshop.members[badge]
        expect(client.get("/me", headers=workshop.wearing(badge))).ok(member)
        expect(client.get("/me/machines", headers=workshop.wearing(badge))).ok(unordered(workshop.trained(member)))
        expect(client.get("/me/machines", headers=workshop.wearing(f"{badge}{draw.randint(0, 9)}"))).refused(401)
    expect(client.get("/me/machines")).refused(401)


@task(3, weight=2)
def test_every_manual_for_every_member(client, workshop):
    """Each manual returns 200 for the members who are trained for the machine, and 403 for all others."""
    for badge in workshop.badges():
        member = workshop.members[badge]
        expect(client.get("/me", headers=workshop.wearing(badge))).ground(task=2)
        for machine in workshop.machines:
            answer = client.get(f"/machines/{machine['id']}/manual", headers=workshop.wearing(badge))
            if machine in workshop.trained(member):
                expect(answer).ok({"machine": machine["name"], "reader": member["name"]})
            else:
                expect(answer).refused(403)


@task(3)
def test_every_machine_is_returned(client, workshop):
    """GET /machines/{machine_id} returns each machine even without a badge, and 404 for other ids."""
    for machine in workshop.machines:
        expect(client.get(f"/machines/{machine['id']}")).ok(machine)
        expect(client.get(f"/machines/{workshop.missing(machine)}")).refused(404)


@task(4, weight=2)
def test_every_order_of_both_lists(client, workshop):
    """Both lists are correct in all four orders, and reject other values of sort with 422."""
    for path, rows in (("/machines", workshop.machines), ("/rooms", workshop.rooms)):
        for field in ("id", "name"):
            for downward in (False, True):
                asked = {"sort": field, "descending": str(downward).lower()}
                expect(client.get(path, params=asked)).ok(sorted(rows, key=lambda row: row[field], reverse=downward))
        expect(client.get(path, params={"sort": "Name"})).refused(422)


@task(5, weight=2)
def test_keys_come_back_however_it_ends(fresh, workshop, comes_back):
    """Machines run or jam several times in a row, and no key is missing afterwards."""
    for badge in workshop.badges():
        machine = workshop.draw.one_of(workshop.trained(workshop.members[badge]))
        path, worn = f"/machines/{machine['id']}", workshop.wearing(badge)
        expect(fresh.get("/me", headers=worn)).ground(task=2)
        expect(fresh.get(f"{path}/manual", headers=worn)).ground(task=3)
        for minutes, code in ((machine["longest"], 200), (machine["longest"] + 1, 503), (1, 200)):
            answer = fresh.post(f"{path}/run", params={"minutes": minutes}, headers=worn)
            expect(answer).status(code)
            comes_back(machine, f"a run of {minutes} minutes")


@task(5)
def test_only_trained_members_run_a_machine(client, workshop, stranger, comes_back):
    """POST /machines/{machine_id}/run returns 403 for untrained members, and 401 without a badge, whatever the id."""
    badge, machine = workshop.pair()
    worn, minutes = workshop.wearing(badge), {"minutes": 5}
    expect(client.get("/me", headers=worn)).ground(task=2)
    expect(client.get(f"/machines/{machine['id']}/manual", headers=worn)).ground(task=3)
    expect(client.post(f"/machines/{machine['id']}/run", params=minutes, headers=worn)).ok()
    other = workshop.draw.one_of(workshop.others(workshop.members[badge]))

    expect(client.post(f"/machines/{other['id']}/run", params=minutes, headers=worn)).refused(403)
    expect(client.post(f"/machines/{machine['id']}/run", params=minutes)).refused(stranger)
    for each in workshop.machines:
        expect(client.post(f"/machines/{workshop.missing(each)}/run", params=minutes)).refused(stranger)
    comes_back(other, "a request that was rejected")


@task(6)
def test_office_knows_every_member(client, workshop, stranger):
    """Both office paths return 200 for any staff member, 403 for anyone else with a badge, and 401 without a badge."""
    for path in ("/office/members", "/office/lost-badges"):
        for staff, code in ((True, 200), (False, 403)):
            for badge in workshop.badges(staff):
                expect(client.get("/me", headers=workshop.wearing(badge))).ground(task=2)
                expect(client.get(path, headers=workshop.wearing(badge))).status(code)
        expect(client.get(path)).refused(stranger)


@task(7)
def test_every_lost_badge_on_every_path(client, workshop):
    """Each lost badge is rejected with 403 on every path; requests with any other badge, or with none, are not."""
    for path in ("/", "/keys"):
        expect(client.get(path)).ok()
        for badge in workshop.badges():
            expect(client.get(path, headers=workshop.wearing(badge))).ok()
    machine = workshop.draw.one_of(workshop.machines)
    for lost in workshop.lost:
        for path in (
            "/",
            "/keys",
            "/me",
            "/me/machines",
            "/machines",
            "/rooms",
            f"/machines/{machine['id']}",
            "/office/members",
        ):
            expect(client.get(path, headers=workshop.wearing(lost))).refused(403)
        run = client.post(f"/machines/{machine['id']}/run", params={"minutes": 1}, headers=workshop.wearing(lost))
        expect(run).refused(403)


@task(8)
def test_machines_of_the_trainer(client, practice, workshop):
    """On a practice evening, GET /me/machines lists the machines of the trainer, who is not on the staff."""
    expect(client.get("/me", headers=workshop.wearing(workshop.any_badge()))).ground(task=2)
    evening = practice()

    trained = unordered(workshop.trained(workshop.trainer))
    for badge in workshop.badges():
        expect(evening.get("/me/machines", headers=workshop.wearing(badge))).ok(trained)
    expect(evening.get("/me/machines")).ok(trained)
