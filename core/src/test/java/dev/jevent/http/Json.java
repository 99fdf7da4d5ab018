package dev.jevent.http;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads an object whose values are strings and numbers, strictly; for tests. */
final class Json {

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    static Map<String, String> parse(String line) {
        return new Json(line.strip()).object();
    }

    private Map<String, String> object() {
        Map<String, String> values = new LinkedHashMap<>();
        expect('{');
        do {
            String name = string();
            expect(':');
            String value = text.charAt(at) == '"' ? string() : number();
            if (values.put(name, value) != null) {
                throw new AssertionError("twice: " + name + " in " + text);
            }
        } while (text.charAt(at++) == ',');
        at--;
        expect('}');
        if (at != text.length()) {
            throw new AssertionError("more behind the end: " + text);
        }
        return values;
    }

    private void expect(char c) {
        if (text.charAt(at++) != c) {
            throw new AssertionError("not " + c + " at " + (at - 1) + ": " + text);
        }
    }

    private String number() {
        int begin = at;
        while ("-.0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String number = text.substring(begin, at);
        if (!number.matches("-?(0|[1-9]\\d*)(\\.\\d+)?")) {
            throw new AssertionError("no number: " + number);
        }
        return number;
    }

    private String string() {
        expect('"');
        StringBuilder s = new StringBuilder();
        for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
            if (c < ' ') {
                throw new AssertionError("a bare control character: " + text);
            }
            s.append(c == '\\' ? escaped() : c);
        }
        return s.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        if (c == 'u') {
            at += 4;
            return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        }
        int known = "\"\\/bfnrt".indexOf(c);
        if (known < 0) {
            throw new AssertionError("a bad escape: " + text);
        }
        return "\"\\/\b\f\n\r\t".charAt(known);
    }
}
