package dev.jevent.examples.chatroom;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pictures of the README: {@code -Djevent.screenshots=FOLDER} says where to put them, and
 * without it none are taken.
 */
@EnabledIfSystemProperty(named = "jevent.screenshots", matches = ".+")
class ScreenshotTest {

    private static final String ME = "Priya";
    private static final String TOM = "Tom\u00E1\u0161";
    private static final String JOSE = "Jos\u00E9";
    private static final String MEI = "Mei";

    /** Minutes after the one before. */
    private record Line(int minutes, String author, String text) {}

    private static final List<Line> TALK =
            List.of(
                    new Line(0, TOM, "Morning! The new build is on the test machine."),
                    new Line(
                            0,
                            TOM,
                            "A greenlet for each connection, plain blocking code. The diff is"
                                    + " mostly red \uD83C\uDF89"),
                    new Line(2, MEI, "Nice. How many connections did you try?"),
                    new Line(1, TOM, "10,000, all in one hub. Memory stayed flat."),
                    new Line(3, ME, "And if somebody's phone falls asleep?"),
                    new Line(
                            1,
                            MEI,
                            "It gets a ping every 20 seconds, and leaves the room when it does not"
                                    + " answer."),
                    new Line(
                            0,
                            MEI,
                            "Afterwards it fetches what it missed."
                                    + " https://rfc-editor.org/rfc/rfc6455"),
                    new Line(
                            4,
                            ME,
                            "I just pulled the plug of the server to see what happens. Both of my"
                                    + " windows came back by themselves \uD83D\uDC4D"),
                    new Line(1, JOSE, "So it was you \uD83E\uDD28"),
                    new Line(1, ME, "Guilty. Coffee at ten?"),
                    new Line(0, MEI, "Yes please"));

    private final List<Visitor> visitors = new ArrayList<>();
    private Instant now =
            LocalDate.now(ZoneId.systemDefault())
                    .atTime(9, 12)
                    .atZone(ZoneId.systemDefault())
                    .toInstant();

    @Test
    void picturesAreTaken() throws Exception {
        Path folder = Path.of(System.getProperty("jevent.screenshots"));
        Files.createDirectories(folder);
        try (Running running = Running.start(Rules.defaults(), () -> now, 0);
                Browser browser = Browser.start()) {
            Browser.Window empty = browser.open(running.page("kitchen"));
            picture(empty, folder, "name");
            empty.type("#name", ME + "\n");
            empty.await("open", "document.getElementById('state').dataset.state");
            empty.await("true", "String(!document.getElementById('empty').hidden)");
            picture(empty, folder, "empty");

            Browser.Window window = browser.open(running.page("lobby"));
            window.type("#name", ME + "\n");
            talk(running, window);
            picture(window, folder, "chatroom");
            for (int i = 0; i < 10; i++) {
                write(window, "And one more thing");
            }
            window.await("1", "String(Math.min(1, document.querySelectorAll('.failed').length))");
            picture(window, folder, "refused");
            for (Visitor visitor : visitors) {
                visitor.close();
            }
            running.stop();
            window.await("waiting", "document.getElementById('state').dataset.state");
            Thread.sleep(4_000); // so that the times between the attempts are long
            picture(window, folder, "waiting");
        }
    }

    private static void write(Browser.Window window, String text) throws Exception {
        var ignored =
                window.value(
                        "document.getElementById('text').value = "
                                + Json.write(text)
                                + ", document.getElementById('composer').requestSubmit()");
    }

    private void talk(Running running, Browser.Window window) throws Exception {
        Map<String, Visitor> others = new LinkedHashMap<>();
        for (String name : List.of(TOM, MEI, JOSE, "Amina")) {
            others.put(name, Visitor.join(running.socket("lobby"), name));
        }
        visitors.addAll(others.values());
        int count = 0;
        for (Line line : TALK) {
            now = now.plusSeconds(60L * line.minutes());
            if (line.author().equals(ME)) {
                write(window, line.text());
            } else {
                others.get(line.author()).say(line.text());
            }
            count++;
            window.await(
                    "" + count,
                    "String(document.querySelectorAll('.message:not(.sending)').length)");
        }
        others.get(JOSE).send("type", "typing");
        window.await(JOSE + " is typing \u2026", "document.getElementById('typing').textContent");
    }

    private static void picture(Browser.Window window, Path folder, String name) throws Exception {
        assertNotNull(window);
        for (String scheme : List.of("light", "dark")) {
            String end = (scheme.equals("dark") ? "-dark" : "") + ".png";
            window.scheme(scheme);
            window.size(1240, 880, 1.25, false);
            window.screenshot(folder.resolve(name + end));
            window.size(390, 800, 2, true);
            window.screenshot(folder.resolve(name + "-phone" + end));
        }
    }
}
