using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>CUDA sources compiled for the processor by g++, with a header that stands for the device.</summary>
internal sealed unsafe class Emulated : IDisposable
{
    private readonly IReadOnlyList<RegionProgram> _programs;
    private readonly string _folder;
    private readonly nint _library;

    private Emulated(IReadOnlyList<RegionProgram> programs, string folder, nint library) => (_programs, _folder, _library) = (programs, folder, library);

    /// <summary>Whether there is a compiler.</summary>
    public static bool HasCompiler => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, "g++")));

    /// <summary>Compiles the sources of all programs.</summary>
    public static Emulated Compile(IReadOnlyList<RegionProgram> programs)
    {
        var text = new StringBuilder($"#include \"{Header()}\"\n");
        for (var i = 0; i < programs.Count; i++)
        {
            text.Append("namespace program").Append(i).Append(" {\n").Append(TorchTestRuntime.Runtime.RegionSource(programs[i].Text)).Append("}\n");
            text.Append($$"""
                extern "C" long long scratch{{i}}() { return program{{i}}::scratch_bytes; }
                extern "C" int run{{i}}(void** inputs, void** results, char* scratch, int backwards) {
                  pn_backwards = backwards != 0;
                  pn_faults = 0;
                  program{{i}}::run_region(inputs, results, scratch);
                  return pn_faults;
                }

                """);
        }
        var folder = Directory.CreateTempSubdirectory("probnet-cuda-").FullName;
        var (source, library) = (Path.Combine(folder, "kernels.cpp"), Path.Combine(folder, "kernels.so"));
        File.WriteAllText(source, text.ToString());
        using var compiler = Process.Start(new ProcessStartInfo("g++", ["-std=c++17", "-O0", "-U_FORTIFY_SOURCE", "-ffp-contract=off", "-fPIC", "-shared", "-Werror=narrowing", "-o", library, source]) { RedirectStandardError = true })!;
        var errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, $"g++ refuses {source}: {errors}");
        return new(programs, folder, NativeLibrary.Load(library));
    }

    /// <summary>The new tensors of a program, and after them the updated ones.</summary>
    /// <param name="index">Which program.</param>
    /// <param name="backwards">Whether the threads of a block take their turns from the last to the first.</param>
    public HostTensor[] Run(int index, bool backwards)
    {
        var program = _programs[index];
        HostTensor[] inputs = [.. program.Inputs.Select(Copy)];
        (int? Updated, HostTensor Value)[] results = [.. program.Results.Select(r => (r.Updated, r.Updated is { } u ? inputs[u] : HostTensor.Zeros(r.Type, r.Shape)))];
        var scratchBytes = ((delegate* unmanaged<long>)NativeLibrary.GetExport(_library, $"scratch{index}"))();
        var pins = new List<GCHandle>();
        var run = (delegate* unmanaged<nint*, nint*, byte*, int, int>)NativeLibrary.GetExport(_library, $"run{index}");
        nint[] inputAddresses = [.. inputs.Select(Address)], resultAddresses = [.. results.Select(r => Address(r.Value))];
        var scratch = new byte[scratchBytes + 1];
        Array.Fill(scratch, (byte)0xff);
        int faults;
        fixed (nint* i = inputAddresses, r = resultAddresses)
        fixed (byte* s = scratch)
            faults = run(i, r, s, backwards ? 1 : 0);
        foreach (var pin in pins) pin.Free();
        Assert.True(faults == 0, $"{program.Name}: {faults} barriers are not reached by all threads");
        return [.. results.Where(r => r.Updated is null).Select(r => r.Value), .. program.Updated.Select(u => inputs[u])];

        nint Address(HostTensor value)
        {
            pins.Add(GCHandle.Alloc(value.Data, GCHandleType.Pinned));
            return value.Data.Length == 0 ? 0 : pins[^1].AddrOfPinnedObject();
        }
    }

    public void Dispose()
    {
        NativeLibrary.Free(_library);
        Directory.Delete(_folder, recursive: true);
    }

    private static HostTensor Copy(HostTensor value)
    {
        var copy = HostTensor.Zeros(value.DType, value.Shape);
        Array.Copy(value.Data, copy.Data, value.Data.Length);
        return copy;
    }

    private static string Header([CallerFilePath] string caller = "") => Path.Combine(Path.GetDirectoryName(caller)!, "emulation.h");
}
