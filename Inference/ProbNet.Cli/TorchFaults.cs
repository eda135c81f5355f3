using ProbNet.Backends.Torch;

namespace ProbNet.Cli;

/// <summary>What a failure in libtorch means to a user.</summary>
internal static class TorchFaults
{
    private const int Longest = 600;

    /// <summary>The message, what to do, and the exit code.</summary>
    public static CommandFailure Explain(TorchException fault)
    {
        var words = Words(fault.Message);
        return fault.Fault switch
        {
            TorchFault.Memory => CommandFailure.BadData($"there is not enough memory for this: {words}",
                $"fewer --draws, a smaller batch or a smaller model need less; {BackendOptions.Name} cpu uses the memory of the machine in place of a device's, and probnet doctor tells of both"),
            TorchFault.Device => new(ExitCode.Device, $"a device failed: {words}",
                $"see what nvidia-smi says of it, or compute elsewhere: {BackendOptions.Name} cpu, or another torch:cuda:N; a fit with --checkpoint-every goes on from what it saved with probnet fit --resume"),
            TorchFault.Operator or TorchFault.Compile or TorchFault.Argument => new(ExitCode.Bug, $"this is a fault of probnet, not of your program: libtorch refused {What(fault.Fault)}: {words}",
                $"{BackendOptions.Name} cpu does without libtorch; please report it with what probnet doctor shows"),
        };
    }

    private static string What(TorchFault fault) => fault switch
    {
        TorchFault.Compile => "a script",
        TorchFault.Argument => "a call",
        TorchFault.Operator or TorchFault.Memory or TorchFault.Device => "an operation",
    };

    // Without the stack that libtorch adds, and never pages of it.
    private static string Words(string message)
    {
        var lines = message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).TakeWhile(l => !l.StartsWith("Exception raised from", StringComparison.Ordinal));
        var text = string.Join(' ', lines);
        return text.Length <= Longest ? text : text[..Longest] + " …";
    }
}
