"""A reader in Chromium types into all that takes words. Whatever is kept of it is found when the server ends."""

from tests.scanning import ANSWER, COMMENT, IMAGES, MINUTES, MISTAKE, PATH_TRIED, QUESTION


def test_a_reader_types_into_everything(new_page):
    page = new_page()
    page.goto("/en/search/")
    page.locator("main input[name=q]").fill(QUESTION)
    page.locator("main input[name=q]").press("Enter")
    page.wait_for_url(f"**/search/?q={QUESTION}*")
    for images in (IMAGES, MISTAKE):
        page.goto("/en/refund/")
        page.locator("main [name=gpu_minutes]").fill(MINUTES)
        page.locator("main [name=images]").fill(images)
        page.locator("main [name=images]").press("Enter")
        page.wait_for_url("**/refund/?*gpu_minutes=*")
    page.goto(f"/en/wizard/?biller={ANSWER}")
    page.goto(f"/en/{PATH_TRIED}/")
    page.goto("/en/articles/cancel-web/")
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_role("textbox").fill(COMMENT)
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank").first.wait_for()
