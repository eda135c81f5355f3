using System.Diagnostics;
using System.Text.Json.Nodes;
using ProbNet.Backends.Torch;
using ProbNet.Cli.Doctor;
using ProbNet.Cli.Output;
using ProbNet.Graph;

namespace ProbNet.Cli.Tests;

/// <summary><c>probnet doctor</c>: its text, its JSON, how it ends.</summary>
public sealed class DoctorTests
{
    private static readonly Machine Server = new(".NET 10.0.1", "Some Linux 12, x64", "Some Processor", ["AVX2", "FMA"], 256, 8, new(64L << 30, 30L << 30, 16L << 30));

    private static readonly EqArray<BuildTool> Tools = [new("cmake", "/usr/bin/cmake", "cmake"), new("libtorch headers", null, "libtorch-dev")];

    private static readonly LibraryPlace
        Absent = new("beside the program", "/opt/p/libprobnet_torch.so", PlaceState.Absent), Found = new("the system's", "/usr/lib/libprobnet_torch.so", PlaceState.Shim),
        Told = new(TorchLibrary.Variable, "/opt/x.so", PlaceState.Unusable, "is empty");

    private static string Text(Examination examination, int width = 80)
    {
        using StringWriter output = new(), error = new();
        DoctorText.Write(new Terminal(output, error) { Width = width }, examination);
        return output.ToString();
    }

    private static Examination Of(TorchHealth torch, string? driver = null) => new(Server, null, torch, Tools, driver);

    [Fact]
    public void AMachineThatHasAllIsTold()
    {
        var found = Of(new(new([Absent, Found]), null, new("/usr/lib/libprobnet_torch.so", "2.1.0", "2.0.1"), [new(0, "Some GPU, 40 GiB", null), new(1, "Other GPU, 8 GiB", "CUDA error: busy")]));
        var text = Text(found);
        foreach (var words in new[]
        {
            ".NET 10.0.1", "Some Processor, 8 cores to use", "256 bits (AVX2, FMA)", "64 GiB, 30 GiB free, of it this container may use 16 GiB", "libtorch 2.1.0", "built with 2.0.1",
            "torch:cuda:0        works: Some GPU, 40 GiB", "torch:cuda:1        does not work: Other GPU", "/opt/p/libprobnet_torch.so: not there", "/usr/lib/libprobnet_torch.so: the library, used",
            "/usr/bin/cmake", "not found (apt-get install libtorch-dev)", "cuda:1 does not compute: CUDA error: busy", "    nvidia-smi\n",
        }) Assert.Contains(words, text);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.Equal(ExitCode.Ok, found.ExitCode);
        var json = JsonNode.Parse(DoctorJson.Of(found))!;
        Assert.Equal("2.1.0", (string)json["torch"]!["libtorch"]!);
        Assert.Equal([true, false], json["torch"]!["devices"]!.AsArray().Select(d => (bool)d!["works"]!));
        Assert.Equal([false, true], json["torch"]!["places"]!.AsArray().Select(p => (bool)p!["used"]!));
        Assert.Equal(16L << 30, (long)json["memory"]!["containerLimitBytes"]!);
    }

    [Fact]
    public void WhatIsWrongIsToldWithCommandsThatCanBeCopied()
    {
        var fault = new LibraryFault(LibraryFaultKind.Damaged, "it is empty, and a sentence that is longer than a line of eighty characters can be goes on below", [Told],
            new("build it anew", ["cmake -S a/very/long/path/of/sources/that/is/wider/than/the/terminal -B a/very/long/path/of/sources/build"], "set it"));
        var found = Of(new(new([Told]), fault, null, []));
        var text = Text(found);
        Assert.Contains("what is missing", text);
        Assert.Contains("/opt/x.so: is empty", text);
        Assert.Contains($"\n    {fault.Remedy.Commands[0]}\n", text);
        Assert.Contains("\n  or set it\n", text);
        Assert.Equal(ExitCode.Usage, found.ExitCode);
        var missing = JsonNode.Parse(DoctorJson.Of(found))!["missing"]![0]!;
        Assert.Equal((fault.Message, fault.Remedy.Commands[0]), ((string)missing["message"]!, (string)missing["commands"]![0]!));
        // That nobody named it is no failure.
        Assert.Equal(ExitCode.Ok, Of(new(new([Absent]), fault, null, [])).ExitCode);
        // A library that loads and does not compute.
        Assert.Equal(ExitCode.Usage, Of(new(new([Told with { State = PlaceState.Shim }]), null, new("/opt/x.so", "1.13.0", "1.13.0"), []) { Failure = "no" }).ExitCode);
        Assert.Equal(ExitCode.Bug, (found with { CpuFailure = "no" }).ExitCode);
    }

    [Fact]
    public void ADriverThatLibtorchHasNoUseForIsNoticed()
    {
        var torch = new TorchHealth(new([Found]), null, new("/usr/lib/libprobnet_torch.so", "1.13.0", "1.13.0"), []);
        Assert.DoesNotContain("what is missing", Text(Of(torch)));
        Assert.Contains("libtorch in use sees no CUDA device", Text(Of(torch, "NVIDIA UNIX x86_64 535")));
    }

    [Fact]
    public void ThisMachineIsTold()
    {
        var text = Workplace.Run("doctor").Ended(ExitCode.Ok).Out;
        foreach (var words in new[] { "ProbNet ", ".NET ", "cpu, the default", "works", "cmake", "libprobnet_torch" }) Assert.Contains(words, text);
        var json = Workplace.Run("doctor", "--json").Ended(ExitCode.Ok).Json;
        Assert.True((bool)json["cpu"]!["works"]!);
        Assert.Equal(Environment.ProcessorCount, (int)json["processor"]!["cores"]!);
        Assert.True((long)json["memory"]!["totalBytes"]! > 0);
        Assert.NotEmpty(json["torch"]!["places"]!.AsArray());
        // The page of the command names every field.
        var page = File.ReadAllText(Path.Combine(Workplace.Root, "spec", "cli.md"));
        Assert.All(json.AsObject().Select(f => f.Key).Concat(json["torch"]!.AsObject().Select(f => f.Key)), field => Assert.Contains($"`{field}`", page));
    }

    [Fact]
    public void AVariableThatNamesNothingEndsWithTwo()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "probnet.dll"), "doctor"]) { RedirectStandardOutput = true };
        start.Environment[TorchLibrary.Variable] = "/nowhere/at/all";
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(ExitCode.Usage, process.ExitCode);
        Assert.Contains("PROBNET_LIBTORCH names '/nowhere/at/all', which is not there", text.ReplaceLineEndings(" ").Replace("  ", " "));
    }
}
