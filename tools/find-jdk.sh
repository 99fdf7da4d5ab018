# Sourced by ./jevent and .ci/run.
#
# find_jdk sets JDK_HOME to a JDK 25, or to a newer one when there is no 25, and returns 1 when
# there is neither. It reads the "release" file of each candidate and starts no java.

# Sets JDK_FEATURE to the feature version of the JDK in the folder $1; returns 1 if it is none.
jdk_feature() {
    local line
    JDK_FEATURE=
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
            JAVA_VERSION=*)
                line=${line#JAVA_VERSION=}
                line=${line//\"/}
                JDK_FEATURE=${line%%[!0-9]*}
                break
                ;;
        esac
    done <"$1/release"
    [ -n "$JDK_FEATURE" ]
}

find_jdk() {
    local candidate java newer=
    java=$(command -v java || true)
    if [ -n "$java" ]; then
        java=$(readlink -f -- "$java" || true)
        java=${java%/bin/java}
    fi
    for candidate in \
        "${JAVA_HOME:-}" \
        "${JAVA25_HOME:-}" \
        "$java" \
        /usr/lib/jvm/* \
        /usr/java/* \
        /opt/java/* \
        /opt/jdk* \
        "${HOME:-}"/.sdkman/candidates/java/* \
        "${HOME:-}"/.jdks/* \
        "${HOME:-}"/.jenv/versions/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        "${HOME:-}"/.local/share/mise/installs/java/* \
        "${HOME:-}"/.asdf/installs/java/*; do
        [ -n "$candidate" ] && jdk_feature "$candidate" || continue
        if [ "$JDK_FEATURE" -eq 25 ]; then
            JDK_HOME=$candidate
            return 0
        elif [ "$JDK_FEATURE" -gt 25 ] && [ -z "$newer" ]; then
            newer=$candidate
        fi
    done
    JDK_HOME=$newer
    JDK_FEATURE=
    [ -n "$JDK_HOME" ] && jdk_feature "$JDK_HOME"
}
