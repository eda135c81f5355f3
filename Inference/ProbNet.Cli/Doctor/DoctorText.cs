using ProbNet.Cli.Output;
using ProbNet.Graph;

namespace ProbNet.Cli.Doctor;

/// <summary>What <c>probnet doctor</c> found, for people.</summary>
internal static class DoctorText
{
    private const int Label = 18;

    /// <summary>Writes it.</summary>
    public static void Write(Terminal terminal, Examination found)
    {
        void Line(string label, string text) => Wrapped(terminal, label, text);
        terminal.Out.WriteLine($"ProbNet {RunDefaults.Version}");
        Line("runtime", found.Machine.Runtime);
        Line("system", found.Machine.System);
        Line("processor", $"{found.Machine.Processor}, {Numbers.Of(found.Machine.Cores, "core")} to use");
        Line("vectors", $"{found.Machine.VectorBits} bits{(found.Machine.Features.IsEmpty ? "" : $" ({string.Join(", ", found.Machine.Features)})")}");
        Line("memory", Memory(found.Machine.Memory));

        Heading(terminal, "backends");
        Line("cpu, the default", found.CpuFailure ?? "works");
        Line("torch", found.Torch switch
        {
            { Works: true, Versions: { } v } => $"works: libtorch {v.Torch} through {v.Path}{(v.Built == v.Torch ? "" : $", built with {v.Built}")}",
            { Failure: not null, Versions: { } v } => $"does not work: {v.Path} loads, but does not compute",
            _ => "not at hand, and not needed for the default",
        });
        if (found.Torch.Works && found.Torch.Devices.IsEmpty) Line("torch:cuda", "no CUDA device is to be seen");
        foreach (var device in found.Torch.Devices) Line($"torch:cuda:{device.Index}", $"{(device.Failure is null ? "works" : "does not work")}: {device.Name}");

        Heading(terminal, "places where the library for libtorch was looked for, in order");
        foreach (var place in found.Torch.Report.Places) Line(place.Origin, $"{place.Path}: {found.Torch.At(place)}");

        Heading(terminal, "what it is built with");
        foreach (var tool in found.Tools) Line(tool.Name, tool.Path ?? $"not found (apt-get install {tool.Package})");
        Line("NVIDIA driver", found.NvidiaDriver ?? "none");

        var advice = found.Advice.ToList();
        if (advice.Count == 0) return;
        Heading(terminal, "what is missing");
        foreach (var (what, remedy) in advice)
        {
            Filled(terminal, "  ", what);
            Filled(terminal, "  to do: ", remedy.Text + (remedy.Commands.IsEmpty ? "" : ":"));
            // A command is never broken, so that it can be copied.
            foreach (var command in remedy.Commands) terminal.Out.WriteLine($"    {command}");
            if (remedy.Otherwise is { } otherwise) Filled(terminal, "  or ", otherwise);
        }
    }

    private static string Memory(MachineMemory memory) =>
        PlanText.Bytes(memory.Total) + (memory.Free is { } free ? $", {PlanText.Bytes(free)} free" : "") + (memory.Limit is { } limit ? $", of it this container may use {PlanText.Bytes(limit)}" : "");

    private static void Heading(Terminal terminal, string text)
    {
        terminal.Out.WriteLine();
        terminal.Out.WriteLine(terminal is { OutIsInteractive: true, Colour: true } ? $"\e[1m{text}\e[0m" : text);
    }

    private static void Wrapped(Terminal terminal, string label, string text) => Filled(terminal, $"  {label.PadRight(Label)}  ", text);

    // Lines as wide as the terminal, broken at blanks, below each other.
    private static void Filled(Terminal terminal, string head, string text)
    {
        var line = head;
        var isEmpty = true;
        foreach (var word in text.Split(' '))
        {
            if (!isEmpty && line.Length + 1 + word.Length > terminal.Width)
            {
                terminal.Out.WriteLine(line);
                (line, isEmpty) = (new string(' ', head.Length), true);
            }
            (line, isEmpty) = (isEmpty ? line + word : $"{line} {word}", false);
        }
        terminal.Out.WriteLine(line.TrimEnd());
    }
}
