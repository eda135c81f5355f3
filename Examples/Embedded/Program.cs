using System.Globalization;
using ProbNet.Examples.Embedded;
using ProbNet.Graph;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

// fit: the posterior of eight schools. Otherwise: the model graph of each example, or of those named, for 7 rows.
if (args is ["fit"])
{
    foreach (var component in Fitting.EightSchoolsPosterior(steps: 3000))
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{component.Name,-10} {component.Mean,8:F3} {component.StandardDeviation,8:F3}"));
    return 0;
}
foreach (var model in Catalogue.All.Where(m => args.Length == 0 || args.Contains(m.Name)))
{
    var (ready, diagnostics) = model.Check();
    foreach (var diagnostic in diagnostics) Console.Error.WriteLine(DiagnosticRenderer.Render(diagnostic));
    if (ready is null) return 1;
    foreach (var program in ready.Guides.Select(g => g.Program).Prepend(ready))
        Console.WriteLine(ModelPrinter.Print(program.Elaborate(ready.Dimensions.ToDictionary(d => d, _ => 7), ready.Dimensions[0], DType.F32)));
}
return 0;
