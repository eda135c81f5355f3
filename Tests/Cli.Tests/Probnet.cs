using System.Text.Json.Nodes;

namespace ProbNet.Cli.Tests;

/// <summary>What a command wrote and how it ended.</summary>
internal sealed record Outcome(int ExitCode, string Out, string Err)
{
    /// <summary>The object that <c>--json</c> printed.</summary>
    public JsonNode Json => JsonNode.Parse(Out)!;

    /// <summary>The command ended as expected, and no stack trace is shown.</summary>
    public Outcome Ended(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode} instead of {exitCode}\n--- out\n{Out}\n--- err\n{Err}");
        Assert.DoesNotContain(" at ProbNet.", Out + Err);
        Assert.DoesNotContain("fault of probnet", Out + Err);
        return this;
    }

    /// <summary>The error stream says all of these.</summary>
    public Outcome Says(params string[] texts)
    {
        foreach (var text in texts) Assert.Contains(text, Err);
        return this;
    }
}

/// <summary>A temporary folder with examples in it, in which commands run.</summary>
internal sealed class Workplace : IDisposable
{
    public Workplace(params string[] examples)
    {
        Folder = Directory.CreateTempSubdirectory("probnet-test-").FullName;
        foreach (var example in examples) Copy(Path.Combine(Root, "Examples", example), At(example));
    }

    /// <summary>The folder's path.</summary>
    public string Folder { get; }

    /// <summary>The repository's root, above the test's own folder.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory) ?? FindRoot(Directory.GetCurrentDirectory()) ?? FindRoot(SourceFolder())!;

    /// <summary>A path in the folder.</summary>
    public string At(params string[] parts) => Path.Combine([Folder, .. parts]);

    /// <summary>Writes a file.</summary>
    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
        return At(name);
    }

    /// <summary>Replaces text in a file; the text must be there.</summary>
    public void Edit(string name, string old, string @new)
    {
        var text = File.ReadAllText(At(name));
        Assert.Contains(old, text);
        File.WriteAllText(At(name), text.Replace(old, @new));
    }

    /// <summary>All files and folders, relative, in order.</summary>
    public string[] Everything() => [.. Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(Folder, p)).Order(StringComparer.Ordinal)];

    /// <summary>Runs <c>probnet</c>.</summary>
    public static Outcome Run(params string[] args) => Run(CancellationToken.None, args);

    /// <summary>Runs <c>probnet</c>, to be stopped by a token.</summary>
    public static Outcome Run(CancellationToken stop, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = CommandLine.Run(args, output, error, stop);
        return new(exitCode, output.ToString(), error.ToString());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static string? FindRoot(string? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder, "ProbNet.sln"))) folder = Path.GetDirectoryName(folder);
        return folder;
    }

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
