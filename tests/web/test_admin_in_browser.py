"""Administration in a real browser before a real switchboard: rules, users, status."""

from __future__ import annotations

import pytest

from tests.live.house import PhoneOf
from tests.web.browser import Console

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def version(console: Console) -> str:
    """The version that rules now."""
    return str(console.house.status()["rules"]["version"])


async def test_rules_are_tried_mended_put_in_force_and_taken_back(console: Console) -> None:
    """A mistake is shown at its line and can't be put in force; mended, it is; going back is one button."""
    before = console.house.rules_file.read_text("utf-8")
    began = version(console)
    page = await console.signed_in(await console.user("boss", "administrator"), "/rules")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.click("#try-present")
    await page.wait_for_function("() => document.getElementById('try-text').value.length > 1000")
    text = await page.input_value("#try-text")
    assert text == before

    wrong = text.replace('mailbox_openers: ["8401"]', 'mailbox_openers: ["8499"]')
    await page.fill("#try-text", wrong)
    await page.click("#try-form button.primary")
    await page.wait_for_selector("#result-problems .problem-card")
    line = wrong.splitlines().index('    mailbox_openers: ["8499"]') + 1
    assert await page.locator("#result-problems .line.at > :first-child").first.inner_text() == str(line)
    assert "没有 8499 这个号码；应为人员或领导的号码。" in await page.inner_text("#result-problems")
    assert not await page.is_visible("#put")

    await page.fill("#try-text", text.replace("ring_for: 6 ", "ring_for: 7 "))
    await page.click("#try-form button.primary")
    await page.wait_for_selector("#put:visible")
    assert "6 → 7" in await page.inner_text("#result-changes")
    assert version(console) == began, "checking changes nothing"
    async with page.expect_navigation(timeout=30_000):
        await page.click("#put")
    await page.wait_for_selector("#history tbody tr:first-child .badge.good")
    assert version(console) != began
    assert "ring_for: 7 " in console.house.rules_file.read_text("utf-8")
    assert "user:boss" in await page.inner_text("#history tbody tr:first-child")

    await page.goto(f"{console.url}/rules/versions/{began}")
    assert await page.locator(".diff .removed").count() == 1
    async with page.expect_navigation(timeout=30_000):
        await page.click("form[data-send='POST /rules/back'] button")
    assert console.house.rules_file.read_text("utf-8") == before
    await console.house.until(
        lambda: version(console).endswith(began.partition("-")[2]), "the old rules rule again", 10
    )


async def test_a_person_is_let_in_and_out(console: Console) -> None:
    """Added in the page, signed in with the password shown once, changed it; locked, they are out at once."""
    page = await console.signed_in(await console.user("boss", "administrator"), "/users")
    await page.click(".new-message summary")
    await page.fill("#new-user", "he")
    await page.fill("#new-name", "何静")
    await page.fill("#new-extension", "8203")
    await page.check(".new-message input[value=agent]")
    await page.click(".new-message button.primary")
    password = await page.inner_text(".secret")
    theirs = await (await console.browser()).page()
    await console.sign_in(theirs, "he", password)
    await theirs.wait_for_url("**/account")
    await theirs.fill("#old", password)
    await theirs.fill("#new", "Ein-Schluessel-9-mehr")
    await theirs.fill("#again", "Ein-Schluessel-9-mehr")
    await theirs.click("form[action='/account/password'] button")
    await theirs.wait_for_url(lambda url: "/account" not in url)
    assert (await theirs.goto(f"{console.url}/messages")).status == 200  # type: ignore[union-attr]
    await page.goto(f"{console.url}/users/he")
    await page.click("form[action$='/lock'] button")
    await page.wait_for_selector(".badge.bad")
    await theirs.goto(f"{console.url}/messages")
    assert "/sign-in" in theirs.url
    await page.goto(f"{console.url}/audit?action=user")
    rows = await page.locator("tbody tr").all_inner_texts()
    assert any("user.lock" in row and "boss" in row for row in rows)


async def test_the_status_page_follows_phones(console: Console, phone: PhoneOf) -> None:
    """A phone that comes shows as free without a reload; the PBX is up, the rules are in force."""
    await console.house.unplug("8302")
    page = await console.signed_in(
        await console.user("boss", "administrator"), "/status?q=8302", locale="en-US"
    )
    row = page.locator("#phone-table tbody tr")
    await row.locator(".dot.bad").wait_for()
    await phone("8302")
    await row.locator(".dot.good").wait_for(timeout=15_000)
    assert await page.locator("#facts .dot.good").count() >= 4
