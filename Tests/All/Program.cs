using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

// Builds the shim for libtorch where it can, then builds and runs every test project of the solution, shows what failed, and ends with one line that sums up: "N passed, N failed".
var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(SourcePath())!, "..", ".."));
var results = Directory.CreateTempSubdirectory("probnet-tests-").FullName;
try
{
    var shim = Shim.Build(root);
    Console.WriteLine(shim.Message);
    if (Dotnet("build", Path.Combine(root, "ProbNet.sln"), "-c", "Release", "--nologo", "-v", "quiet") != 0)
    {
        Console.WriteLine("The solution does not build.");
        Console.WriteLine("0 passed, 1 failed");
        return 1;
    }
    var projects = Directory.GetFiles(Path.Combine(root, "Tests"), "*.Tests.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
    int passed = 0, failed = shim.Failed ? 1 : 0, skipped = 0;
    foreach (var project in projects)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var log = Path.Combine(results, name + ".trx");
        var watch = Stopwatch.StartNew();
        Dotnet(["test", project, "-c", "Release", "--no-build", "--nologo", "-v", "quiet", "--logger", $"trx;LogFileName={name}.trx", "--results-directory", results, .. args]);
        var counts = Counters(log);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {counts.Passed} passed, {counts.Failed} failed, {counts.Skipped} skipped in {watch.Elapsed.TotalSeconds:F0} s"));
        (passed, failed, skipped) = (passed + counts.Passed, failed + counts.Failed, skipped + counts.Skipped);
    }
    Console.WriteLine($"{passed} passed, {failed} failed" + (skipped > 0 ? $", {skipped} skipped" : ""));
    return failed == 0 && passed > 0 ? 0 : 1;
}
finally
{
    Directory.Delete(results, recursive: true);
}

static int Dotnet(params string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false })!;
    process.WaitForExit();
    return process.ExitCode;
}

// A project whose run left no results (it crashed) counts as one failure.
static (int Passed, int Failed, int Skipped) Counters(string log)
{
    if (!File.Exists(log)) return (0, 1, 0);
    var document = XDocument.Load(log);
    var ns = document.Root!.Name.Namespace;
    var counters = document.Descendants(ns + "Counters").Single();
    int Count(string name) => int.Parse(counters.Attribute(name)!.Value, CultureInfo.InvariantCulture);
    var aborted = document.Descendants(ns + "ResultSummary").Single().Attribute("outcome")!.Value == "Aborted" ? 1 : 0;
    int total = Count("total"), passed = Count("passed"), executed = Count("executed");
    return (passed, executed - passed + aborted, total - executed);
}

static string SourcePath([CallerFilePath] string path = "") => path;
