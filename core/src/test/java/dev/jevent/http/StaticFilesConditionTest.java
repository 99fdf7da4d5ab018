package dev.jevent.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Conditional requests: RFC 9110, 13. TAG is the file's tag, EQUAL, OLDER, NEWER are dates. */
class StaticFilesConditionTest extends StaticFilesScenario {

    private static String filled(String text, String tag) {
        return text.replace("TAG", tag)
                .replace("EQUAL", OLD_DATE)
                .replace("OLDER", "Mon, 03 Feb 2020 04:05:05 GMT")
                .replace("NEWER", "Mon, 03 Feb 2020 04:05:07 GMT");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|Accept: */*",
                // If-None-Match: weak comparison
                "304|If-None-Match: TAG",
                "304|If-None-Match: W/TAG",
                "304|If-None-Match: \"x\", TAG",
                "304|If-None-Match: \"x\",,W/\"y\" ,W/TAG,\"z\"",
                "304|If-None-Match: \"a,b\", TAG",
                "304|If-None-Match: \"a\\\", TAG",
                "304|If-None-Match: *",
                "304|If-None-Match: \"x\"~If-None-Match: TAG",
                "200|If-None-Match: \"x\"",
                "200|If-None-Match: x",
                "200|If-None-Match: ",
                "200|If-None-Match: \"",
                "200|If-None-Match: w/TAG",
                "200|If-None-Match: \"*\"",
                // If-Modified-Since
                "304|If-Modified-Since: EQUAL",
                "304|If-Modified-Since: NEWER",
                "200|If-Modified-Since: OLDER",
                "304|If-Modified-Since: Monday, 03-Feb-20 04:05:06 GMT",
                "304|If-Modified-Since: Mon Feb  3 04:05:06 2020",
                "200|If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT",
                "200|If-Modified-Since: Sun Nov  6 08:49:37 1994",
                "200|If-Modified-Since: 2020-02-03T04:05:06Z",
                "200|If-Modified-Since: Tue, 03 Feb 2020 04:05:07 GMT",
                "200|If-Modified-Since: Mon, 03 Feb 2020 04:05:07 CET",
                "200|If-Modified-Since: 0",
                "200|If-Modified-Since: ",
                // If-None-Match goes before If-Modified-Since
                "200|If-None-Match: \"x\"~If-Modified-Since: NEWER",
                "304|If-None-Match: TAG~If-Modified-Since: OLDER",
                // If-Match: strong comparison
                "200|If-Match: TAG",
                "200|If-Match: *",
                "200|If-Match: \"x\", TAG",
                "412|If-Match: \"x\"",
                "412|If-Match: W/TAG",
                "412|If-Match: ",
                // If-Unmodified-Since
                "200|If-Unmodified-Since: EQUAL",
                "200|If-Unmodified-Since: NEWER",
                "412|If-Unmodified-Since: OLDER",
                "200|If-Unmodified-Since: nonsense",
                // If-Match goes before If-Unmodified-Since, both before the others
                "200|If-Match: TAG~If-Unmodified-Since: OLDER",
                "412|If-Match: \"x\"~If-Unmodified-Since: NEWER",
                "412|If-Match: \"x\"~If-None-Match: TAG",
                "304|If-Match: TAG~If-None-Match: TAG",
                "412|If-Unmodified-Since: OLDER~If-None-Match: TAG",
                "304|If-Unmodified-Since: NEWER~If-Modified-Since: NEWER",
                // and all of them before the range
                "206|Range: bytes=1-2",
                "304|Range: bytes=1-2~If-None-Match: TAG",
                "412|Range: bytes=1-2~If-Match: \"x\"",
                "412|Range: bytes=100-~If-Match: \"x\"",
                "206|Range: bytes=1-2~If-Match: TAG",
                "206|Range: bytes=1-2~If-Range: TAG",
                "200|Range: bytes=1-2~If-Range: \"x\"",
                "200|Range: bytes=1-2~If-Range: W/TAG",
                "200|Range: bytes=1-2~If-Range: *",
                "206|Range: bytes=1-2~If-Range: EQUAL",
                "200|Range: bytes=1-2~If-Range: NEWER",
                "200|Range: bytes=1-2~If-Range: OLDER",
                "200|Range: bytes=1-2~If-Range: nonsense",
                "200|Range: bytes=100-~If-Range: \"x\"",
                "416|Range: bytes=100-~If-Range: TAG",
                "200|If-Range: TAG"
            })
    void theConditionsAreLookedAtInTheirOrder(int status, String fields) throws Exception {
        file("a.txt", "0123456789");
        serve(new StaticFiles(folder()).cacheControl("no-cache"));
        String tag = get("/a.txt").field("ETag");
        Reply reply = get("/a.txt", filled(fields, tag).split("~", -1));
        assertEquals(status, reply.status());
        switch (status) {
            case 200 -> assertEquals("0123456789", reply.text());
            case 206 -> assertEquals("12", reply.text());
            case 304 -> {
                assertEquals(tag, reply.field("ETag"));
                assertEquals(OLD_DATE, reply.field("Last-Modified"));
                assertEquals("no-cache", reply.field("Cache-Control"));
                assertTrue(reply.find("Date").isPresent());
                assertEquals("-", reply.field("Content-Length"));
            }
            default -> assertTrue(status == 412 || status == 416);
        }
        if (status != 206 && status != 416) {
            Reply head = ask("HEAD", "/a.txt", filled(fields, tag).split("~", -1));
            assertEquals(status, head.status(), "HEAD");
        }
    }

    @Test
    void whatIsNotThereIsNotThereWhateverTheCondition() throws Exception {
        serve(new StaticFiles(folder()));
        for (String field : List.of("If-Match: *", "If-None-Match: *", "If-Match: \"x\"")) {
            assertEquals(404, get("/nothing", field).status(), field);
        }
    }

    @Test
    void theTagChangesWithTheFile() throws Exception {
        Path path = file("a", "one");
        serve(new StaticFiles(folder()));
        String first = get("/a").field("ETag");
        assertEquals(first, get("/a").field("ETag"));
        Files.setLastModifiedTime(path, FileTime.from(OLD.plusNanos(1_000_000)));
        String second = get("/a").field("ETag");
        Files.writeString(path, "four");
        Files.setLastModifiedTime(path, FileTime.from(OLD));
        String third = get("/a").field("ETag");
        assertEquals(3, List.of(first, second, third).stream().distinct().count());
    }

    @Test
    void aFileThatWasWrittenAMomentAgoHasAWeakTag() throws Exception {
        Path path = file("a", "0123456789");
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().plusSeconds(60)));
        serve(new StaticFiles(folder()));
        Reply reply = get("/a");
        String tag = reply.field("ETag");
        assertTrue(tag.startsWith("W/\""), tag);
        Instant told = Validators.parse(reply.field("Last-Modified")).orElseThrow();
        assertTrue(!told.isAfter(Instant.now()), "it does not tell of the future");
        assertEquals(304, get("/a", "If-None-Match: " + tag).status());
        assertEquals(412, get("/a", "If-Match: " + tag).status(), "strong comparison");
        assertEquals(412, get("/a", "If-Match: " + tag.substring(2)).status());
        assertEquals(200, get("/a", "If-Match: *").status());
        assertEquals(200, get("/a", "Range: bytes=1-2", "If-Range: " + tag).status());
        assertEquals(200, get("/a", "Range: bytes=1-2", "If-Range: " + tag.substring(2)).status());
        assertEquals(206, get("/a", "Range: bytes=1-2").status());
    }

    @Test
    void datesOfAllThreeFormsAreUnderstood() {
        Instant time = Instant.parse("1994-11-06T08:49:37Z");
        for (String date :
                List.of(
                        "Sun, 06 Nov 1994 08:49:37 GMT",
                        "Sunday, 06-Nov-94 08:49:37 GMT",
                        "Sun Nov  6 08:49:37 1994")) {
            assertEquals(Optional.of(time), Validators.parse(date), date);
        }
        assertEquals(
                Optional.of(Instant.parse("2030-11-16T08:49:37Z")),
                Validators.parse("Saturday, 16-Nov-30 08:49:37 GMT"));
        assertEquals(
                Optional.of(Instant.parse("1994-11-16T08:49:37Z")),
                Validators.parse("Wed Nov 16 08:49:37 1994"));
        assertEquals(Optional.empty(), Validators.parse("x".repeat(100_000)));
    }
}
