package dev.jevent.compat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Has one library suffer, without a test: {@code java … dev.jevent.compat.Main pgjdbc 1000}. The
 * name may be the beginning of one, in any case; {@code all} are all.
 */
final class Main {

    private Main() {}

    public static void main(String[] args) throws Exception {
        String wanted = args.length > 0 ? args[0].toLowerCase(Locale.ROOT) : "all";
        int dose = args.length > 1 ? Integer.parseInt(args[1]) : 100;
        List<String> names = new ArrayList<>(Libraries.ALL.keySet());
        if (!wanted.equals("all")) {
            names.removeIf(name -> !name.toLowerCase(Locale.ROOT).startsWith(wanted));
        }
        if (names.isEmpty()) {
            System.err.println("no library " + wanted + "; there are " + Libraries.ALL.keySet());
            System.exit(2);
        }
        for (String name : names) {
            long begin = System.nanoTime();
            try {
                System.out.println(Load.run(name, Libraries.ALL.get(name), dose));
            } catch (Missing e) {
                System.out.println(name + ": " + e.getMessage());
            }
            System.out.println("  " + (System.nanoTime() - begin) / 1_000_000 + " ms");
        }
        System.exit(0);
    }
}
