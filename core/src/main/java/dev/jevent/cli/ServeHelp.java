package dev.jevent.cli;

/** What {@code jevent serve --help} says. */
final class ServeHelp {

    static final String TEXT =
            """
            Usage: jevent serve [OPTION…] WHAT

            Serves a folder or a handler over HTTP/1.1, until Ctrl-C.

            WHAT is one of

              FOLDER                    its files, and the index.html of each folder in it
              CLASS                     a class that is an HttpHandler, or has a method
                                        (Request, Response), or a static field or method that
                                        answers an HttpHandler
              FILE.java                 the same as source code, compiled in memory
              CLASS::NAME               the method or field of that name, if there are several

            Where

              -p, --port PORT           8000 unless this says otherwise; 0 for one that is free
              -b, --bind ADDRESS        127.0.0.1, so that nobody but this machine gets in;
                                        '*' for all addresses; ADDRESS:PORT is fine too
              --unix PATH               a Unix-domain socket, instead of or beside the others
              --tls-cert FILE           HTTPS: the certificate, and those that lead to an
              --tls-key FILE            authority, and the key; PEM, read again when they change
              --reuse-port              others may listen to the same port: one for each core
              --proxy-protocol[=WHO]    a proxy tells where clients are; nobody but WHO gets in,
                                        such as 10.0.0.0/8,unix; everybody if it is left out

            How

              --listing                 shows what is in a folder that has no index.html
              --gzip                    compresses texts for clients that can read that
              --log FORMAT[:FILE]       combined, common or json; to the standard output unless
                                        there is a FILE, which a SIGHUP opens anew, but not
                                        under nohup. combined unless this says otherwise
              --no-log                  no log of the requests
              -q, --quiet               does not say where it listens, nor what clients do wrong
              -cp, --class-path PATH    where classes are; else $CLASSPATH, else this directory
              -Dname=value              sets a system property

            Limits. SIZE is 500, 64K, 10M or 2G; TIME is in seconds, or 500ms, 30s, 5m

              --max-body SIZE           of a request: 100M            longer ones get   413
              --max-header SIZE         of a request: 16K                               431
              --header-timeout TIME     for a request's header: 10                      408
              --min-rate SIZE           a second, of bodies and answers: 256            408
              --idle-timeout TIME       between two requests: 60       then it is closed
              --max-requests N          of one connection: 10000       then it is closed
              --max-connections N       at once: 10000                 others wait
              --stop-timeout TIME       for the requests under way in the end: 5

            Ctrl-C or SIGTERM: it accepts no more, lets the requests under way end, and ends with
            130 or 143. A second one ends it at once. Wrong usage ends with 2, and what cannot be
            started with 1.

            Try:

              jevent serve .
              jevent serve --listing --bind '*' -p 8080 public
              jevent serve --tls-cert chain.pem --tls-key key.pem -p 8443 --gzip public
              jevent serve --log json:access.log Hello.java
            """;

    private ServeHelp() {}
}
