# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for memctl(1). memctl itself knows what fits; a line that begins with a tab says what else fish
# is to do.

function __memctl_complete
    set -l words (commandline -opc)[2..]
    set -l cur (commandline -ct)
    set -l value (string replace -r -- '^--[^=]*=' '' "$cur")
    set -l before (string match -r -- '^--[^=]*=' "$cur")
    for line in (memctl --complete $words "$cur" 2>/dev/null)
        switch $line
            case \tfiles
                for path in (__fish_complete_path "$value")
                    echo -- "$before$path"
                end
            case \tdirectories
                for path in (__fish_complete_directories "$value")
                    echo -- "$before$path"
                end
            case \thosts
                for host in (__fish_print_hostnames)
                    echo -- "$before$host"
                end
            case \tcommand\*
                set -l first (math (string replace \tcommand\  '' -- $line) + 1)
                complete -C (string join ' ' -- (string escape -- $words[$first..]) "$cur")
            case \tnospace
            case \*
                echo -- $line
        end
    end
end

complete -c memctl -f -a '(__memctl_complete)'
