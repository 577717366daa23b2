return KernelForge.Benchmarks.CommandLine.Run(args);
