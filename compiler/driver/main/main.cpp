#include "driver/run.h"

int main(int argc, char** argv) { return appnet::driver::Run(argc, argv); }
