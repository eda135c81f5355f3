using ProbNet.Examples.Uci;
using ProbNet.Language;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(CommandLine.Help);
    return 0;
}
try
{
    Runner.Run(CommandLine.Read(args), Console.Out, Console.Error);
    return 0;
}
catch (DiagnosticException e)
{
    foreach (var diagnostic in e.Diagnostics) Console.Error.WriteLine(DiagnosticRenderer.Render(diagnostic));
    return 1;
}
catch (Exception e) when (e is FormatException or IOException or InvalidDataException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
