# Asks the program for what it writes about itself: completions and manual pages, below FOLDER as below share/.
#   cmake -DAPPNETC=… -DFOLDER=… -P WriteShare.cmake
function(write path)
  execute_process(COMMAND ${APPNETC} ${ARGN} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  file(WRITE ${FOLDER}/${path} "${text}")
endfunction()

file(REMOVE_RECURSE ${FOLDER})
write(bash-completion/completions/appnetc completions bash)
write(zsh/site-functions/_appnetc completions zsh)
write(fish/vendor_completions.d/appnetc.fish completions fish)
execute_process(COMMAND ${APPNETC} man OUTPUT_VARIABLE pages COMMAND_ERROR_IS_FATAL ANY OUTPUT_STRIP_TRAILING_WHITESPACE)
string(REPLACE "\n" ";" pages "${pages}")
foreach(page IN LISTS pages)
  write(man/man1/${page}.1 man ${page})
endforeach()
