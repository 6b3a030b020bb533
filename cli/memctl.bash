# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for memctl(1)

_memctl()
{
        local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} word words=() choices

        case $prev in
        --root)
                mapfile -t COMPREPLY < <(compgen -d -- "$cur")
                return
                ;;
        --zone)
                mapfile -t COMPREPLY < <(compgen -W "movable kernel" -- "$cur")
                return
                ;;
        --cache)
                mapfile -t COMPREPLY < <(compgen -W "auto drop keep" -- "$cur")
                return
                ;;
        --stuck)
                mapfile -t COMPREPLY < <(compgen -W "roll-back skip wait" -- "$cur")
                return
                ;;
        --by)
                mapfile -t COMPREPLY < <(compgen -W "owner block node order" -- "$cur")
                return
                ;;
        --from)
                mapfile -t COMPREPLY < <(compgen -d -- "$cur")
                return
                ;;
        --svg)
                mapfile -t COMPREPLY < <(compgen -f -- "$cur")
                return
                ;;
        --output | -o | --timeout | --size | --node | --to-node | --max-pause | --rate | --align | --name | --order | --until | --rule | --host | -H) return ;;
        esac

        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                [[ $word == -* || $word == help && ${#words[@]} -eq 0 ]] || words+=("$word")
        done
        if [[ $cur == -* ]]; then
                choices="--json --json=pretty --json=short --json=off --output --noheadings --bytes --quiet --no-pager --no-ask-password --no-block --host --root --failing --eject --force --cache --partial --stuck --max-pause --rate --to-node --swap --resume --timeout --zone --size --node --by --svg --no-color --apply --revert --watch --name --align --movable --order --until --run --rule --from --help --version"
        else
                case "${words[*]}" in
                '') choices="help status version map movability why block dimm node job provider cma compact hugepages policy matrix lru-cache" ;;
                block) choices="list show offline online" ;;
                dimm) choices="list show plan offline online eject" ;;
                node) choices="list show plan offline online" ;;
                job) choices="list show cancel wait" ;;
                cma) choices="list show warm boot record reserve release reservations" ;;
                cma\ release) choices=$(memctl -no NAME cma reservations 2>/dev/null | sed 's/ *$//; /^-$/d') ;;
                cma\ reserve) choices=$(memctl -no NAME cma list 2>/dev/null | sed 's/ *$//') ;;
                compact) choices="run policy" ;;
                compact\ policy) choices="show set dry-run" ;;
                compact\ policy\ set*) choices="Enabled= Order= Free= CPU= Quiet= Proactiveness= DefragMode=" ;;
                hugepages) choices="reserve" ;;
                policy) choices="online" ;;
                policy\ online) choices="show set dry-run boot" ;;
                policy\ online\ set*) choices="Enabled= Zone= MovableRatio= Force= AutoOnlineBlocks= MemmapOnMemory= Node= Driver= Dimm= Size=" ;;
                lru-cache) choices="status hold" ;;
                lru-cache\ hold*)
                        mapfile -t COMPREPLY < <(compgen -c -- "$cur")
                        return
                        ;;
                provider) choices="list show" ;;
                dimm\ * | why*) choices=$(memctl --json dimm list 2>/dev/null | grep -o 'PNP0C80:[0-9a-f]*' | sort -u) ;;
                node\ *) choices=$(memctl node list 2>/dev/null | sed '1d; s/^ *//; s/ .*//') ;;
                cma\ show*) choices=$(memctl cma list -n -o NAME 2>/dev/null) ;;
                provider\ show*) choices=$(memctl provider list 2>/dev/null | sed '1d; s/ .*//') ;;
                esac
        fi
        mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$cur")
        __ltrim_colon_completions "$cur" 2>/dev/null
}
complete -F _memctl memctl
