using ProbNet.Examples.Embedded;
using ProbNet.Graph;
using ProbNet.Language;
using ProbNet.Language.Elaboration;

// Prints the model graph of each example, or of those named, for 7 rows.
foreach (var model in Catalogue.All.Where(m => args.Length == 0 || args.Contains(m.Name)))
{
    var (ready, diagnostics) = model.Check();
    foreach (var diagnostic in diagnostics) Console.Error.WriteLine(DiagnosticRenderer.Render(diagnostic));
    if (ready is null) return 1;
    Console.WriteLine(ModelPrinter.Print(ready.Elaborate(ready.Dimensions.ToDictionary(d => d, _ => 7), ready.Dimensions[0], DType.F32)));
}
return 0;
