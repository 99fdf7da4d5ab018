package dev.jevent.examples.chatroom;

import java.text.Normalizer;

/** What people write, made fit to be shown to others. */
final class Texts {

    private Texts() {}

    /** A name of one line: without what cannot be seen, and no longer than that; may be empty. */
    static String name(String wanted, int longest) {
        if (wanted == null) {
            return "";
        }
        String visible = visible(wanted).replaceAll("[\\s\\p{Z}]+", " ").strip();
        String name = Normalizer.normalize(visible, Normalizer.Form.NFC);
        int end = Math.min(longest, name.codePointCount(0, name.length()));
        return name.substring(0, name.offsetByCodePoints(0, end)).strip();
    }

    /** What is said, with its line breaks; may be empty. */
    static String text(String said) {
        return said == null ? "" : visible(said.replace("\r\n", "\n")).strip();
    }

    /** Without control characters, marks that turn the direction of writing, half characters. */
    private static String visible(String text) {
        var kept = new StringBuilder(text.length());
        text.codePoints().filter(Texts::isVisible).forEach(kept::appendCodePoint);
        return kept.toString();
    }

    private static boolean isVisible(int c) {
        boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
        boolean turns = c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069;
        boolean half = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        return !control && !turns && !half;
    }
}
