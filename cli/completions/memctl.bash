# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for memctl(1). memctl itself knows what fits; a line that begins with a tab says what else bash
# is to do.

_memctl()
{
        local cur words cword line what='' value before breaks offset
        _get_comp_words_by_ref -n := cur words cword || return

        COMPREPLY=()
        while IFS= read -r line; do
                case $line in
                $'\t'*) what=${line#?} ;;
                *) COMPREPLY+=("${line%%$'\t'*}") ;;
                esac
        done < <(memctl --complete "${words[@]:1:cword-1}" "$cur" 2>/dev/null)

        value=$cur
        [[ $cur != --*=* ]] || value=${cur#*=}
        case $what in
        'command '*)
                for ((offset = 1; offset < COMP_CWORD; offset++)); do
                        [[ ${COMP_WORDS[offset]} != -- ]] || break
                done
                _command_offset $((offset + 1))
                ;;
        files) mapfile -t COMPREPLY < <(compgen -f -- "$value") ;;
        directories) mapfile -t COMPREPLY < <(compgen -d -- "$value") ;;
        hosts) cur=$value && _known_hosts_real -- "$cur" ;;
        esac
        case $what in
        files | directories) compopt -o filenames ;;
        nospace) compopt -o nospace -o nosort ;;
        '')
                compopt -o nosort
                # readline replaces what stands behind the last of these only
                breaks=${COMP_WORDBREAKS//[^:=]/}
                [[ -n $breaks && $cur == *[$breaks]* ]] || return
                before=${cur%"${cur##*[$breaks]}"}
                COMPREPLY=("${COMPREPLY[@]#"$before"}")
                ;;
        esac
} && complete -F _memctl memctl
