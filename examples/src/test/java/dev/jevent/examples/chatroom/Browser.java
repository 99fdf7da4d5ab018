package dev.jevent.examples.chatroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chromium, driven over W3C WebDriver by the chromedriver of this machine. Nothing is fetched from
 * anywhere; where one of the two is missing, the test is skipped.
 */
final class Browser implements AutoCloseable {

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
    private static final Gson GSON = new Gson();

    private final String chromium;
    private final Process driver;
    private final URI address;
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Window> windows = new ArrayList<>();

    private Browser(String chromium, Process driver, URI address) {
        this.chromium = chromium;
        this.driver = driver;
        this.address = address;
    }

    static Browser start() throws Exception {
        Optional<String> chromium = find("chromium", "chromium-browser", "google-chrome");
        Optional<String> driver = find("chromedriver");
        assumeTrue(
                chromium.isPresent() && driver.isPresent(),
                "no chromium or no chromedriver on the PATH;"
                        + " apt-get install chromium chromium-driver");
        Process process =
                new ProcessBuilder(driver.get(), "--port=0").redirectErrorStream(true).start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher m = STARTED.matcher(line);
            if (m.find()) {
                CompletableFuture<Void> ignored = CompletableFuture.runAsync(() -> skip(out));
                return new Browser(
                        chromium.get(), process, URI.create("http://127.0.0.1:" + m.group(1)));
            }
        }
        throw new AssertionError("chromedriver has not started");
    }

    private static Optional<String> find(String... names) {
        for (String name : names) {
            for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
                if (Files.isExecutable(Path.of(folder, name))) {
                    return Optional.of(Path.of(folder, name).toString());
                }
            }
        }
        return Optional.empty();
    }

    private static void skip(BufferedReader out) {
        try {
            while (out.readLine() != null) {
                // what it logs is of no interest, but it must not wait for a reader
            }
        } catch (IOException e) {
            return; // it has ended
        }
    }

    /** A window of a browser that has never been anywhere. */
    Window open(URI page) throws Exception {
        List<String> flags = new ArrayList<>(List.of("--headless=new", "--disable-gpu"));
        flags.addAll(List.of("--disable-dev-shm-usage", "--no-first-run"));
        flags.addAll(List.of("--window-size=1280,800", "--hide-scrollbars"));
        if (System.getProperty("user.name").equals("root")) {
            flags.add("--no-sandbox");
        }
        Map<String, Object> wishes =
                Map.of(
                        "goog:chromeOptions",
                        Map.of("binary", chromium, "args", flags),
                        "goog:loggingPrefs",
                        Map.of("browser", "ALL"));
        JsonElement session =
                call("POST", "/session", Map.of("capabilities", Map.of("alwaysMatch", wishes)));
        Window window =
                new Window("/session/" + session.getAsJsonObject().get("sessionId").getAsString());
        windows.add(window);
        window.devTools("Emulation.setLocaleOverride", Map.of("locale", "en-GB"));
        window.go(page);
        return window;
    }

    private JsonElement call(String method, String path, Map<String, ?> body) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(address.resolve(path))
                        .timeout(LONGEST)
                        .method(
                                method,
                                method.equals("POST")
                                        ? BodyPublishers.ofString(GSON.toJson(body))
                                        : BodyPublishers.noBody())
                        .build();
        var response = client.send(request, BodyHandlers.ofString());
        JsonObject answer = JsonParser.parseString(response.body()).getAsJsonObject();
        assertEquals(200, response.statusCode(), () -> method + " " + path + ": " + answer);
        return answer.get("value");
    }

    /** Its processes end at once, and chromedriver clears up behind them. */
    @Override
    public void close() {
        for (Window window : windows) {
            try {
                var ignored = call("DELETE", window.session, Map.of());
            } catch (Exception e) {
                // it is ended below
            }
        }
        client.close();
        driver.descendants().forEach(ProcessHandle::destroyForcibly);
        driver.destroy();
    }

    /** One of its windows. */
    final class Window {

        private final String session;

        private Window(String session) {
            this.session = session;
        }

        private JsonElement post(String path, Map<String, ?> body) throws Exception {
            return call("POST", session + path, body);
        }

        void go(URI page) throws Exception {
            var ignored = post("/url", Map.of("url", page.toString()));
        }

        void reload() throws Exception {
            var ignored = post("/refresh", Map.of());
        }

        // ---- looking

        /** The value of a JavaScript expression. */
        JsonElement value(String expression) throws Exception {
            return post(
                    "/execute/sync",
                    Map.of("script", "return (" + expression + ")", "args", List.of()));
        }

        String text(String expression) throws Exception {
            return value(expression).getAsString();
        }

        /** Waits until the expression is that; it looks again and again. */
        void await(String expected, String expression) throws Exception {
            long end = System.nanoTime() + LONGEST.toNanos();
            String seen = text(expression);
            while (!seen.equals(expected)) {
                if (System.nanoTime() > end) {
                    assertEquals(expected, seen, expression);
                }
                Thread.sleep(20); // between two looks
                seen = text(expression);
            }
        }

        /** What its console has said since the last time. */
        List<String> console() throws Exception {
            List<String> lines = new ArrayList<>();
            for (JsonElement e : post("/se/log", Map.of("type", "browser")).getAsJsonArray()) {
                lines.add(e.getAsJsonObject().get("message").getAsString());
            }
            return lines;
        }

        // ---- doing

        private String element(String selector) throws Exception {
            JsonElement found =
                    post("/element", Map.of("using", "css selector", "value", selector));
            assertNotNull(found);
            return "/element/" + found.getAsJsonObject().get(ELEMENT).getAsString();
        }

        void type(String selector, String text) throws Exception {
            var ignored = post(element(selector) + "/value", Map.of("text", text));
        }

        void click(String selector) throws Exception {
            var ignored = post(element(selector) + "/click", Map.of());
        }

        // ---- as another device

        private void devTools(String command, Map<String, ?> parameters) throws Exception {
            var ignored = post("/goog/cdp/execute", Map.of("cmd", command, "params", parameters));
        }

        void size(int width, int height, double scale, boolean phone) throws Exception {
            devTools(
                    "Emulation.setDeviceMetricsOverride",
                    Map.of(
                            "width", width,
                            "height", height,
                            "deviceScaleFactor", scale,
                            "mobile", phone));
        }

        void scheme(String lightOrDark) throws Exception {
            var feature = Map.of("name", "prefers-color-scheme", "value", lightOrDark);
            devTools("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
        }

        void screenshot(Path file) throws Exception {
            String png = call("GET", session + "/screenshot", Map.of()).getAsString();
            Files.write(file, Base64.getDecoder().decode(png));
        }
    }
}
