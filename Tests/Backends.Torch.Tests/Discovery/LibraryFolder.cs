using System.Diagnostics;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>A temporary folder with libraries, as a machine might have them.</summary>
internal sealed class LibraryFolder : IDisposable
{
    private const string Compiler = "cc";

    /// <summary>The folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("probnet-libraries-").FullName;

    /// <summary>A sound library that is not ours: one of the runtime's.</summary>
    public static string Sound { get; } = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(typeof(object).Assembly.Location)!, "libSystem.Native.so");

    /// <summary>Why libraries cannot be made here, or null.</summary>
    public static string? NoCompiler => !OperatingSystem.IsLinux() ? "libraries of Linux"
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(f => File.Exists(System.IO.Path.Combine(f, Compiler))) ? null : $"no C compiler ({Compiler})";

    /// <summary>A path in the folder.</summary>
    public string At(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Writes a file.</summary>
    public string Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllBytes(At(name), bytes);
        return At(name);
    }

    /// <summary>Makes a library of C text.</summary>
    public string Compile(string name, string text, params string[] options)
    {
        var path = Write(name, []);
        var source = Write(name + ".c", System.Text.Encoding.UTF8.GetBytes(text));
        using var process = Process.Start(new ProcessStartInfo(Compiler, ["-shared", "-fPIC", "-o", path, source, .. options]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        File.Delete(source);
        Assert.True(process.ExitCode == 0, error);
        return path;
    }

    /// <summary>What is found with the variable set to a value, the program in <c>program</c>, and the system's libraries in <c>system</c>.</summary>
    public LibraryReport Probe(string? told = null) => TorchLibrary.Probe(name => name == TorchLibrary.Variable ? told : null, At("program"), [At("system")]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>A test that reads libraries of Linux.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "libraries of Linux";
}

/// <summary>A test that makes libraries of C text.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CompilerFactAttribute : FactAttribute
{
    public CompilerFactAttribute() => Skip = LibraryFolder.NoCompiler;
}
