/** `*` matches any text. */
type Names = { reason: string; names: string; caseSensitive?: boolean };
type Rule = { reason: string; pattern: RegExp };

// Collected from sudo's env_delete, glibc's unsecure variables, and the manuals of bash, dash, busybox, zsh, git,
// OpenSSH, less and the interpreters. Case-sensitive where only Unix reads the name (docs/decisions/0014).
const refused = [
  { reason: "veHaaS sets it itself.", names: "VEHAAS*" },
  { reason: "it decides which programs the VM runs.", names: "PATH PATHEXT COMSPEC" },
  {
    reason: "it decides where shells and programs find their start-up files.",
    names: "HOME USERPROFILE APPDATA",
  },
  {
    reason: "it decides where shells and programs find their start-up files.",
    caseSensitive: true,
    names: "ZDOTDIR XDG_CONFIG_HOME XDG_CONFIG_DIRS XDG_DATA_DIRS XDG_RUNTIME_DIR CURL_HOME WGETRC INPUTRC",
  },
  {
    reason: "a shell executes what it names or contains.",
    caseSensitive: true,
    names:
      "SHELL EXECSHELL ENV BASH_* BASHOPTS SHELLOPTS PROMPT_COMMAND PROMPT PROMPT2 PROMPT3 PROMPT4 RPROMPT RPROMPT2 RPS1 RPS2 SPROMPT PS0 PS1 PS2 PS3 PS4 FCEDIT NULLCMD READNULLCMD",
  },
  {
    reason: "a shell calculates its value, and executes what stands in it.",
    caseSensitive: true,
    names:
      "OPTIND OPTARG OPTERR COLUMNS LINES HISTSIZE HISTFILESIZE SAVEHIST SECONDS RANDOM SRANDOM SHLVL MAILCHECK FUNCNEST TMOUT LISTMAX LOGCHECK KEYTIMEOUT DIRSTACKSIZE TRY_BLOCK_* TTYIDLE ERRNO ARGC PIPESTATUS",
  },
  {
    reason: "it changes how a shell reads its commands.",
    caseSensitive: true,
    names:
      "CDPATH FPATH EXECIGNORE FIGNORE IFS GLOBIGNORE POSIXLY_CORRECT HISTCHARS HISTFILE HISTCONTROL HISTIGNORE HISTTIMEFORMAT MAIL MAILPATH WORDCHARS KEYBOARD_HACK PSVAR ARGV0 WATCH MODULE_PATH MANPATH TMPPREFIX ZSH_* ZLE_* KSH*",
  },
  {
    reason: "shells set it themselves, or refuse to have it set.",
    caseSensitive: true,
    names:
      "UID EUID GID EGID PPID PGRP USER USER_ID USERNAME LOGNAME PWD OLDPWD BASH BASHPID GROUPS DIRSTACK FUNCNAME LINENO EPOCHSECONDS EPOCHREALTIME HISTCMD COMP_CWORD COMP_KEY COMP_LINE COMP_POINT COMP_TYPE COMP_WORDBREAKS COMP_WORDS COMPREPLY READLINE_ARGUMENT READLINE_LINE READLINE_MARK READLINE_POINT",
  },
  {
    reason: "zsh keeps something of its own under this name.",
    caseSensitive: true,
    names:
      "cdpath fpath fignore mailpath manpath module_path histchars dirstack psvar prompt terminfo termcap zsh_* zle_* argv status pipestatus options commands functions aliases galiases saliases parameters modules jobstates jobtexts jobdirs history historywords nameddirs userdirs usergroups funcstack functrace funcfiletrace funcsourcetrace functions_source dis_aliases dis_builtins dis_functions dis_functions_source dis_galiases dis_patchars dis_reswords dis_saliases patchars reswords builtins watch signals errnos sysparams widgets keymaps mapfile langinfo epochtime",
  },
  {
    reason: "the loader takes libraries or settings for every program from it.",
    caseSensitive: true,
    names:
      "LD_* LDR_* DYLD_* _RLD* LIBPATH SHLIB_PATH GCONV_PATH GETCONF_DIR GLIBC_TUNABLES LOCPATH PATH_LOCALE NLSPATH MALLOC_TRACE NIS_PATH HOSTALIASES LOCALDOMAIN RESOLV_HOST_CONF RES_OPTIONS TERMINFO TERMINFO_DIRS TERMPATH TERMCAP",
  },
  {
    reason: "a library that many programs use takes modules or settings from it.",
    caseSensitive: true,
    names:
      "OPENSSL_CONF OPENSSL_MODULES OPENSSL_ENGINES SSLKEYLOGFILE KRB5_CONFIG* KRB5_KTNAME AUTHSTATE QT_PLUGIN_PATH QT_QPA_PLATFORM_PLUGIN_PATH GTK_PATH GTK_MODULES GIO_EXTRA_MODULES GIO_MODULE_DIR",
  },
  {
    reason: "Node.js and npm execute what it names or contains.",
    names:
      "NODE_OPTIONS NODE_PATH NODE_REPL_EXTERNAL_MODULE NODE_CHANNEL_FD NODE_V8_COVERAGE ELECTRON_RUN_AS_NODE NPM_CONFIG_NODE_OPTIONS NPM_CONFIG_NODE_GYP NPM_CONFIG_PYTHON NPM_CONFIG_SCRIPT_SHELL NPM_CONFIG_SHELL NPM_CONFIG_GIT NPM_CONFIG_EDITOR NPM_CONFIG_VIEWER NPM_CONFIG_USERCONFIG NPM_CONFIG_GLOBALCONFIG NPM_CONFIG_INIT_MODULE NPM_CONFIG_PREFIX BUN_OPTIONS DENO_DIR",
  },
  {
    reason: "Python takes code or settings from it.",
    names:
      "PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONINSPECT PYTHONUSERBASE PYTHONBREAKPOINT PYTHONWARNINGS PYTHONEXECUTABLE PYTHONPLATLIBDIR PYTHONPYCACHEPREFIX PYTHONCASEOK PYTHON_BASIC_REPL IPYTHONDIR",
  },
  {
    reason: "Perl takes code or options from it.",
    names: "PERL5OPT PERL5LIB PERLLIB PERL5DB PERL5SHELL PERLIO_DEBUG PERL_MM_OPT PERL_MB_OPT",
  },
  {
    reason: "Ruby takes code or options from it.",
    names: "RUBYOPT RUBYLIB RUBYPATH RUBYSHELL RUBY_DLN_LIBRARY_PATH RUBYGEMS_GEMDEPS IRBRC",
  },
  {
    reason: "the Java virtual machine takes code or options from it.",
    names:
      "JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS JDK_JAVAC_OPTIONS IBM_JAVA_OPTIONS OPENJ9_JAVA_OPTIONS CLASSPATH",
  },
  {
    reason: "an interpreter or runtime takes code from it.",
    names:
      "PHPRC PHP_INI_SCAN_DIR LUA_INIT* LUA_PATH* LUA_CPATH* TCLLIBPATH TCL_LIBRARY R_PROFILE R_PROFILE_USER R_ENVIRON R_ENVIRON_USER R_LIBS R_LIBS_SITE R_LIBS_USER JULIA_LOAD_PATH JULIA_DEPOT_PATH ERL_FLAGS ERL_AFLAGS ERL_ZFLAGS ERL_LIBS GUILE_LOAD_PATH GUILE_LOAD_COMPILED_PATH AWKPATH AWKLIBPATH BC_ENV_ARGS EMACSLOADPATH EMACSPATH DOTNET_ROOT* DOTNET_STARTUP_HOOKS DOTNET_ADDITIONAL_DEPS DOTNET_SHARED_STORE CORECLR_PROFILER* CORECLR_ENABLE_PROFILING COR_PROFILER* COR_ENABLE_PROFILING PSMODULEPATH GDBINIT",
  },
  {
    reason: "git executes what it names, or takes its configuration from it.",
    names:
      "GIT_SSH GIT_SSH_COMMAND GIT_SSH_VARIANT GIT_ASKPASS GIT_EXEC_PATH GIT_CONFIG* GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_PAGER GIT_EXTERNAL_DIFF GIT_PROXY_COMMAND GIT_TEMPLATE_DIR GIT_DIR GIT_COMMON_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_NAMESPACE GIT_ALLOW_PROTOCOL GIT_PROTOCOL_FROM_USER GIT_TRACE* GIT_REDIRECT_* GIT_MAN_VIEWER GIT_SHELL_PATH",
  },
  {
    reason: "build tools and package managers take programs, options or settings from it.",
    caseSensitive: true,
    names:
      "MAKEFLAGS GNUMAKEFLAGS MFLAGS MAKEFILES COMPILER_PATH GCC_EXEC_PREFIX CCACHE_PREFIX* CCACHE_COMPILER CMAKE_TOOLCHAIN_FILE CMAKE_*_COMPILER_LAUNCHER RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER CARGO_BUILD_RUSTC* CARGO_TARGET_*_RUNNER CARGO_TARGET_*_LINKER CARGO_HOME RUSTUP_HOME GOFLAGS GOENV GOROOT GOTOOLDIR JAVACMD GRADLE_USER_HOME ANSIBLE_CONFIG ANSIBLE_LIBRARY DOCKER_CONFIG APT_CONFIG DPKG_ROOT",
  },
  {
    reason: "tools execute what it names, or take options from it.",
    caseSensitive: true,
    names:
      "EDITOR VISUAL PAGER MANPAGER BROWSER SUDO_EDITOR SUDO_ASKPASS SSH_ASKPASS SSH_ASKPASS_REQUIRE SSH_SK_HELPER SSH_SK_PROVIDER SSH_PKCS11_HELPER RSYNC_RSH RSYNC_CONNECT_PROG CVS_RSH SVN_SSH SVN_EDITOR HGEDITOR HGMERGE HGRCPATH LESS LESSOPEN LESSCLOSE LESSEDIT LESSKEY* MANOPT MANROFFOPT SYSTEMD_PAGER SYSTEMD_EDITOR SYSTEMD_LESS PSQLRC PSQL_PAGER PSQL_EDITOR VIMINIT VIM VIMRUNTIME GVIMINIT EXINIT NVIM_* TAR_OPTIONS TAPE GZIP XZ_OPT XZ_DEFAULTS",
  },
].map(toRule);

const surprising = [
  { reason: "Shells set it anew before each command, so a program may see another value.", names: "_" },
  {
    reason: "Programs send their traffic through the proxy that it names.",
    names: "HTTP_PROXY HTTPS_PROXY ALL_PROXY FTP_PROXY NO_PROXY",
  },
  {
    reason: "Programs then trust other certificates than the VM does.",
    names:
      "SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE NODE_EXTRA_CA_CERTS GIT_SSL_CAINFO GIT_SSL_CAPATH AWS_CA_BUNDLE PIP_CERT",
  },
  {
    reason: "Programs may then no longer check whom they talk to.",
    names: "NODE_TLS_REJECT_UNAUTHORIZED GIT_SSL_NO_VERIFY PYTHONHTTPSVERIFY GIT_TERMINAL_PROMPT",
  },
  {
    reason: "Package managers may then install, and execute, what comes from elsewhere.",
    names: "NPM_CONFIG_REGISTRY PIP_CONFIG_FILE PIP_INDEX_URL PIP_EXTRA_INDEX_URL",
  },
  {
    reason: "Tools take settings from the file that it names, which can name commands to execute.",
    caseSensitive: true,
    names: "KUBECONFIG AWS_CONFIG_FILE",
  },
  {
    reason: "Programs put their temporary files there; it has to exist on the VM.",
    caseSensitive: true,
    names: "TMPDIR TMP TEMP",
  },
  {
    reason: "It changes the language, sorting or time zone of what programs print.",
    caseSensitive: true,
    names: "LANG LANGUAGE LC_* TZ TZDIR",
  },
  {
    reason: "It changes what programs take the terminal or display for.",
    caseSensitive: true,
    names: "TERM COLORTERM DISPLAY WAYLAND_DISPLAY",
  },
  {
    reason: "Programs look there for keys or sockets of the VM.",
    caseSensitive: true,
    names: "SSH_AUTH_SOCK GNUPGHOME DBUS_SESSION_BUS_ADDRESS DOCKER_HOST",
  },
  {
    reason: "Build tools execute or pass on what it contains.",
    caseSensitive: true,
    names:
      "CC CXX CPP AS AR FC CFLAGS CXXFLAGS CPPFLAGS LDFLAGS LIBRARY_PATH CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH OBJC_INCLUDE_PATH MAVEN_OPTS GRADLE_OPTS JAVA_OPTS JAVA_HOME RUSTFLAGS RUSTC GEM_HOME GEM_PATH BUNDLE_GEMFILE VIRTUAL_ENV",
  },
].map(toRule);

/** Why the name is refused, as the end of a sentence; undefined if it is allowed. */
export function reasonAgainst(name: string): string | undefined {
  return find(refused, name);
}

/** A warning about an allowed name with a surprising effect. */
export function warningAbout(name: string): string | undefined {
  return find(surprising, name);
}

function find(rules: Rule[], name: string): string | undefined {
  return rules.find(({ pattern }) => pattern.test(name))?.reason;
}

function toRule({ reason, names, caseSensitive }: Names): Rule {
  const any = names.replaceAll("*", ".*").replaceAll(" ", "|");
  return { reason, pattern: new RegExp(`^(?:${any})$`, caseSensitive ? "" : "i") };
}
