using System.Runtime.InteropServices;
using ProbNet.Cli;
using ProbNet.Cli.Output;
using ProbNet.Inference.Workflow;

// The first Ctrl-C (or SIGTERM) asks the command to stop cleanly; a second one ends the process as usual.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
// Fits alone are worth it; whatever backend is then chosen, the default one is what nearly all use.
if (args is ["fit", ..]) Rehearsal.Start(Backends.Default);
return CommandLine.Run(args, Terminal.OfProcess(), stop.Token);

void Stop(PosixSignalContext signal)
{
    if (stop.IsCancellationRequested) return;
    signal.Cancel = true;
    stop.Cancel();
}
