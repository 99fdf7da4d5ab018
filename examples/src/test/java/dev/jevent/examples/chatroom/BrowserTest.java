package dev.jevent.examples.chatroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.util.List;

/** The page in real browsers, two of them. */
class BrowserTest {

    private static final String NAMES =
            "[...document.querySelectorAll('#people bdi')].map(e => e.textContent).join(', ')";
    private static final String SAID =
            "[...document.querySelectorAll('.message:not(.sending)')].map(e =>"
                    + " (e.matches('.mine') ? 'me' : e.querySelector('.author').textContent)"
                    + " + ': ' + e.querySelector('.text').textContent).join('\\n')";
    private static final String STATE = "document.getElementById('state').dataset.state";

    private Running running;
    private Browser browser;

    @BeforeEach
    void start() throws Exception {
        browser = Browser.start();
        running = Running.start(Rules.defaults());
    }

    @AfterEach
    void stop() throws Exception {
        try {
            if (browser != null) {
                browser.close();
            }
        } finally {
            if (running != null) {
                running.close();
            }
        }
    }

    private Browser.Window join(URI page, String name) throws Exception {
        Browser.Window window = browser.open(page);
        window.await("true", "String(document.getElementById('who').open)");
        window.type("#name", name + "\n");
        window.await("open", STATE);
        return window;
    }

    private static void say(Browser.Window window, String text) throws Exception {
        window.type("#text", text + "\n");
    }

    private static void assertQuiet(Browser.Window window) throws Exception {
        assertEquals(List.of(), window.console());
    }

    @Test
    void twoWindowsTalkAndComeBack() throws Exception {
        URI page = running.page("lobby");
        Browser.Window ann = join(page, "Ann");
        ann.await("true", "String(!document.getElementById('empty').hidden)");
        Browser.Window ben = join(page, "Ben");
        ann.await("Ann, Ben", NAMES);
        ben.await("Ben, Ann", NAMES);

        talk(ann, ben);
        whatIsWrittenIsShownAsText(ann, ben);
        assertQuiet(ann);
        assertQuiet(ben);

        String before = ben.text(SAID);
        ben.reload();
        ben.await(before, SAID);
        ben.await("Ben, Ann", NAMES);
        assertQuiet(ben);

        nothingIsWiderThanTheWindow(ann);
        thePhoneShowsWhoIsThereOnDemand(ann);
        assertQuiet(ann);
        theServerComesBack(ann, ben);
    }

    private static void talk(Browser.Window ann, Browser.Window ben) throws Exception {
        ann.type("#text", "hello");
        ben.await("Ann is typing …", "document.getElementById('typing').textContent");
        say(ann, "");
        ben.await("Ann: hello", SAID);
        ben.await("", "document.getElementById('typing').textContent");
        say(ben, "hi Ann");
        ann.await("me: hello\nBen: hi Ann", SAID);
        say(ann, "one");
        say(ann, "two");
        ben.await("Ann: hello\nme: hi Ann\nAnn: one\nAnn: two", SAID);
    }

    private static void whatIsWrittenIsShownAsText(Browser.Window ann, Browser.Window ben)
            throws Exception {
        String attack =
                "<script>document.title = 'x'</script><img src=x onerror=alert(1)> \"'&amp;";
        say(ann, attack + " see https://example.org/a?b=(c). javascript:alert(1)");
        String last = "[...document.querySelectorAll('.text')].at(-1)";
        ben.await(
                attack + " see https://example.org/a?b=(c). javascript:alert(1)",
                last + ".textContent");
        assertEquals(
                "A https://example.org/a?b=(c)",
                ben.text("[..." + last + ".children].map(e => e.tagName + ' ' + e.href).join()"));
        assertEquals("#lobby", ben.text("document.title"));
    }

    private static void thePhoneShowsWhoIsThereOnDemand(Browser.Window ann) throws Exception {
        String visible =
                "String(document.getElementById('people').checkVisibility("
                        + "{visibilityProperty: true}))";
        ann.size(360, 740, 2, true);
        ann.await("false", visible);
        ann.click("#people-button");
        ann.await("true", visible);
        ann.click("#rename");
        ann.type("#name", "Anna\n");
        ann.await("Anna, Ben", NAMES);
    }

    private static void nothingIsWiderThanTheWindow(Browser.Window window) throws Exception {
        var typed =
                window.value(
                        "document.getElementById('text').value = 'averylongword'.repeat(40),"
                                + " document.getElementById('composer').requestSubmit()");
        assertEquals(true, typed.isJsonNull());
        for (int width : new int[] {320, 360, 767, 768, 1280, 1600}) {
            window.size(width, 740, 1, width < 768);
            for (String side : List.of("open", "")) {
                var ignored = window.value("document.body.dataset.side = '" + side + "'");
                window.await(
                        "[]",
                        "JSON.stringify([...document.querySelectorAll('body, body *')]"
                                + ".filter(e => e.checkVisibility({visibilityProperty: true})"
                                + " && !e.closest('.hidden, .author, #state-text, dialog')"
                                + " && (e.getBoundingClientRect().right > innerWidth + 1"
                                + " || e.getBoundingClientRect().left < -1))"
                                + ".map(e => e.tagName + e.id + e.className))");
                assertEquals(
                        "true",
                        window.text(
                                "String(document.documentElement.scrollWidth <= innerWidth"
                                        + " && document.getElementById('scroll').scrollWidth"
                                        + " <= document.getElementById('scroll').clientWidth)"),
                        "at " + width);
            }
        }
    }

    private void theServerComesBack(Browser.Window ann, Browser.Window ben) throws Exception {
        int port = running.port();
        running.close();
        running = null;
        ann.await("waiting", STATE);
        ben.await("waiting", STATE);
        say(ann, "is anybody there?");
        running = Running.start(Rules.defaults(), java.time.InstantSource.system(), port);
        ann.await("open", STATE);
        ben.await("open", STATE);
        String lastOne = "[...document.querySelectorAll('.message:not(.sending) .text')]";
        ben.await("is anybody there?", lastOne + ".at(-1).textContent");
        say(ben, "I am");
        ann.await("I am", lastOne + ".at(-1).textContent");
        assertEquals("Anna, Ben", ann.text(NAMES));
        for (Browser.Window window : List.of(ann, ben)) {
            for (String line : window.console()) { // without a server the browser complains
                assertEquals(true, line.contains("WebSocket connection to"), line);
            }
        }
    }
}
